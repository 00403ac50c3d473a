import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Connection, Row, SqlValue } from '../core/connection';
import { LockstepError } from '../core/errors';
import type { FileIdentity } from './fileIdentity';
import { fileIdentity, sameIdentity } from './fileIdentity';
import { translateErrors } from './nativeError';
import { plainRow } from './row';

/** Statements that are kept prepared: a run asks the same few for each migration. */
const mostStatements = 16;

/** A connection through `node:sqlite`. */
export class NativeConnection implements Connection {
  readonly engine = 'native';
  private readonly statements = new Map<string, StatementSync>();
  private counter: StatementSync | undefined;
  private closed = false;

  /**
   * @param path of the database, for `assertSameFile`
   * @param opened the file `path` named when `database` opened it; none of a database in memory
   * @param setUp SQL to run before the first statement, not while opening: a pragma that reads the
   *   schema fails while another process commits
   */
  constructor(
    private readonly database: DatabaseSync,
    readonly sqliteVersion: string,
    protected readonly path: string,
    private readonly opened?: FileIdentity,
    private setUp?: string,
  ) {}

  get inTransaction(): boolean {
    // Node 22.13 does not tell.
    return (this.database.isTransaction as boolean | undefined) ?? this.probeTransaction();
  }

  exec(sql: string): void {
    this.configure();
    translateErrors(() => this.database.exec(sql));
  }

  all(sql: string, ...params: SqlValue[]): Row[] {
    return translateErrors(() => this.known(sql).all(...bindings(sql, params))).map(plainRow);
  }

  get(sql: string, ...params: SqlValue[]): Row | undefined {
    const row = translateErrors(() => this.known(sql).get(...bindings(sql, params)));
    return row && plainRow(row);
  }

  *iterate(sql: string, ...params: SqlValue[]): IterableIterator<Row> {
    const rows = translateErrors(() => this.prepare(sql).iterate(...bindings(sql, params)));
    try {
      for (;;) {
        const next = translateErrors(() => rows.next());
        if (next.done) {
          return;
        }
        yield plainRow(next.value);
      }
    } finally {
      rows.return?.();
    }
  }

  totalChanges(): number {
    // Asked twice for each migration, so without what `get` does for rows of any kind.
    const counter = (this.counter ??= translateErrors(() => this.prepareCounter()));
    return Number(translateErrors(() => counter.get())!.n);
  }

  assertSameFile(): void {
    if (this.opened && !sameIdentity(fileIdentity(this.path), this.opened)) {
      throw new LockstepError('database.replaced', { path: this.path });
    }
  }

  /** The database as a file's bytes, `-wal` included; `undefined` where this Node cannot tell. */
  serialize(): Uint8Array | undefined {
    // Not known before Node 24, whose types these are not.
    const serialize = this.database.serialize as DatabaseSync['serialize'] | undefined;
    return serialize && translateErrors(() => serialize.call(this.database));
  }

  /** COMMIT alone is durable here. */
  flush(): void {}

  close(): void {
    if (!this.closed) {
      this.closed = true;
      this.database.close();
    }
  }

  private known(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (!statement) {
      statement = this.prepare(sql);
      // Pragmas name a table each.
      if (this.statements.size < mostStatements && !sql.startsWith('PRAGMA')) {
        this.statements.set(sql, statement);
      }
    }
    return statement;
  }

  private prepareCounter(): StatementSync {
    this.configure();
    return this.database.prepare('SELECT total_changes() AS n');
  }

  private prepare(sql: string): StatementSync {
    this.configure();
    const statement = this.database.prepare(sql);
    statement.setReadBigInts(true);
    return statement;
  }

  private configure(): void {
    if (this.setUp) {
      try {
        this.database.exec(this.setUp);
        this.setUp = undefined;
      } catch {
        // The statement that follows fails for the same reason and says so in its own name.
      }
    }
  }

  private probeTransaction(): boolean {
    try {
      this.database.exec('BEGIN');
    } catch {
      return true;
    }
    this.database.exec('ROLLBACK');
    return false;
  }
}

/**
 * Node 22.15 and older take `?1` for a name, not a place ("column index out of range"); all take it
 * by that name.
 */
function bindings(sql: string, params: SqlValue[]): SqlValue[] {
  if (params.length === 0 || !/\?\d/.test(sql)) {
    return params;
  }
  const named = Object.fromEntries(params.map((value, index) => [`?${index + 1}`, value]));
  return [named] as unknown as SqlValue[];
}
