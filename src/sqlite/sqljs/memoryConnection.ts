import type { Database, SqlJs } from 'sql.js';
import { type Connection, plainRow, type Row, type SqlValue } from '../../core/connection';
import { statementKind } from '../../core/sql/statements';
import { setRollbackMode } from '../databaseFile';
import type { OpenSnapshot } from '../engine';
import { translateSqlJsErrors } from '../errors';

/** SQLite as WebAssembly, loaded. */
export type { SqlJs };

/**
 * Opens connections to one database in memory that outlives them, one at a time. Nothing that runs
 * on it can reach a file.
 */
export class MemorySnapshot implements OpenSnapshot {
  readonly engine = 'sqljs';
  private readonly version: string;
  private memory: MemoryConnection | undefined;

  /**
   * @param path of the database that it stands for, for messages
   * @param bytes of a database file, whatever its journal mode; they are taken over and written into
   */
  constructor(
    readonly path: string,
    private readonly sqlJs: SqlJs,
    private bytes?: Uint8Array,
  ) {
    this.version = sqlJsVersion(sqlJs);
    if (bytes && bytes.length > 0) {
      setRollbackMode(bytes);
    }
  }

  open({ foreignKeys }: { foreignKeys: boolean }): Connection {
    this.memory ??= this.load();
    this.bytes = undefined;
    this.memory.exec(`PRAGMA foreign_keys=${foreignKeys ? 1 : 0}`);
    return new SharedConnection(this.memory, (used) => this.release(used));
  }

  /** The database as a file. No connection may be open. */
  content(): Uint8Array {
    const bytes = this.memory?.bytes() ?? this.bytes;
    return bytes ?? new Uint8Array();
  }

  close(): void {
    this.memory?.close();
    this.memory = undefined;
    this.bytes = undefined;
  }

  private load(): MemoryConnection {
    const memory = new MemoryConnection(this.sqlJs, this.version, this.bytes);
    // Nobody else has it open, and nobody needs it after a power failure.
    memory.exec(
      'PRAGMA journal_mode=MEMORY; PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=OFF',
    );
    return memory;
  }

  /**
   * What a connection leaves behind must not meet the next: temporary tables, attached databases,
   * settings. A new one costs a copy of the database, so there is one only where it is needed.
   */
  private release(changed: boolean): void {
    const { memory } = this;
    if (memory?.inTransaction) {
      memory.exec('ROLLBACK');
    }
    if (memory && changed) {
      this.bytes = memory.bytes();
      memory.close();
      this.memory = undefined;
    }
  }
}

/** The one connection that is open at a time. */
class SharedConnection implements Connection {
  readonly engine = 'sqljs';
  private changed = false;
  private closed = false;
  /** Whether a transaction is open, as long as that is known without asking: asking costs. */
  private transaction: boolean | undefined = false;

  constructor(
    private readonly memory: MemoryConnection,
    private readonly release: (changed: boolean) => void,
  ) {}

  get sqliteVersion(): string {
    return this.memory.sqliteVersion;
  }

  get inTransaction(): boolean {
    return (this.transaction ??= this.memory.inTransaction);
  }

  exec(sql: string): void {
    this.changed ||= changesConnection(sql);
    const before = this.transaction;
    this.transaction = undefined; // a statement that fails may end one
    this.memory.exec(sql);
    this.transaction = transactionAfter(sql, before);
  }

  all(...args: Parameters<Connection['all']>): ReturnType<Connection['all']> {
    return this.memory.all(...args);
  }

  get(...args: Parameters<Connection['get']>): ReturnType<Connection['get']> {
    return this.memory.get(...args);
  }

  iterate(...args: Parameters<Connection['iterate']>): ReturnType<Connection['iterate']> {
    return this.memory.iterate(...args);
  }

  totalChanges(): number {
    return this.memory.totalChanges();
  }

  assertSameFile(): void {}

  flush(): void {}

  close(): void {
    if (!this.closed) {
      this.closed = true;
      this.release(this.changed);
    }
  }
}

/** Whether a statement may change more than the database. */
function changesConnection(sql: string): boolean {
  const { kind } = statementKind(sql);
  return !/^(other|begin|commit|rollback|vacuum)$/.test(kind) || /\btemp/i.test(sql);
}

function transactionAfter(sql: string, before: boolean | undefined): boolean | undefined {
  switch (statementKind(sql).kind) {
    case 'begin':
      return true;
    case 'commit':
    case 'rollback':
      return false;
    case 'savepoint':
    case 'release':
    case 'rollbackTo':
      return undefined;
    default:
      return before;
  }
}

/** A connection to a database in memory, through sql.js. Nothing it does reaches a file. */
export class MemoryConnection implements Connection {
  readonly engine = 'sqljs';
  private readonly database: Database;
  private closed = false;

  /** @param bytes of a database file; they are taken over and written into */
  constructor(
    sqlJs: SqlJs,
    readonly sqliteVersion: string,
    bytes?: Uint8Array,
  ) {
    this.database = translateSqlJsErrors(() => new sqlJs.Database(bytes));
  }

  /** sql.js does not tell, so it is found out: a transaction does not begin inside another. */
  get inTransaction(): boolean {
    try {
      this.database.run('BEGIN');
    } catch {
      return true;
    }
    this.database.run('ROLLBACK');
    return false;
  }

  exec(sql: string): void {
    translateSqlJsErrors(() => this.database.run(sql));
  }

  all(sql: string, ...params: SqlValue[]): Row[] {
    return [...this.iterate(sql, ...params)];
  }

  get(sql: string, ...params: SqlValue[]): Row | undefined {
    const [row] = this.iterate(sql, ...params);
    return row;
  }

  *iterate(sql: string, ...params: SqlValue[]): IterableIterator<Row> {
    const statement = translateSqlJsErrors(() => this.database.prepare(sql));
    try {
      translateSqlJsErrors(() => statement.bind(params));
      while (translateSqlJsErrors(() => statement.step())) {
        yield plainRow(statement.getAsObject(null, { useBigInt: true }));
      }
    } finally {
      statement.free();
    }
  }

  totalChanges(): number {
    return Number(this.get('SELECT total_changes() AS n')!.n);
  }

  /** The database as a file in rollback mode. No write transaction may be open. */
  bytes(): Uint8Array {
    return translateSqlJsErrors(() => this.database.export());
  }

  /** There is no file. */
  assertSameFile(): void {}

  /** There is no file. */
  flush(): void {}

  close(): void {
    if (!this.closed) {
      this.closed = true;
      this.database.close();
    }
  }
}

/** The version of the SQLite inside sql.js, e.g. `3.54.1`. */
export function sqlJsVersion(sqlJs: SqlJs): string {
  const database = new sqlJs.Database();
  try {
    const statement = database.prepare('SELECT sqlite_version() AS version');
    statement.step();
    const { version } = statement.getAsObject(null, { useBigInt: true });
    statement.free();
    return String(version);
  } finally {
    database.close();
  }
}
