import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DatabaseSync, DatabaseSyncOptions, StatementSync } from 'node:sqlite';
import {
  type Connection,
  type ConnectionFactory,
  DatabaseClaimed,
  plainRow,
  type Row,
  type SqlValue,
} from '../../core/connection';
import { LockstepError } from '../../core/errors';
import type { FileAccessCheck } from '../../core/run/runRequest';
import { processWidePragma } from '../../core/sql/statements';
import { Tokens } from '../../core/sql/tokens';
import { type FileIdentity, fileIdentity, sameIdentity } from '../databaseFile';
import { translateErrors } from '../errors';
import { fileWriters, isClaimed } from '../fileWriters';
import { type NativeModule, nativeVersion } from './nativeModule';

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
    return this.database.isTransaction ?? this.probeTransaction();
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

/**
 * Shuts readers of a rollback-mode database out later: SQLite takes its exclusive lock when the cache
 * is full (https://www.sqlite.org/pragma.html#pragma_cache_spill). 16 MB.
 */
const largeCache = 'PRAGMA cache_size=-16000';

/** Opens one database for writing through `node:sqlite`. */
export class NativeConnectionFactory implements ConnectionFactory {
  readonly engine = 'native';
  readonly path: string;
  private readonly version: string;

  /**
   * @param path absolute; an absolute path is never taken for `:memory:` or a `file:` URI
   * @param checkFileAccess where others' SQL is to run; a second line of defence
   */
  constructor(
    path: string,
    private readonly sqlite: NativeModule,
    private readonly checkFileAccess?: FileAccessCheck,
  ) {
    this.path = resolve(path);
    this.version = nativeVersion(sqlite);
  }

  /**
   * Never waits and never fails because another connection holds a lock: the first statement does.
   * @throws SqliteError when the file cannot be opened or created
   * @throws LockstepError `database.notADatabase` for a folder, a pipe, a device;
   *   `database.replaced` when the path names another file at each look
   */
  open(options: { foreignKeys: boolean }): Connection {
    this.assertRegularFile();
    for (let attempt = 1; attempt <= 5; attempt++) {
      const before = fileIdentity(this.path);
      const database = translateErrors(
        () => new this.sqlite.DatabaseSync(this.path, nativeOptions(options.foreignKeys)),
      );
      const opened = fileIdentity(this.path);
      if (opened && (!before || sameIdentity(before, opened))) {
        const { version, path, checkFileAccess } = this;
        return new WritingConnection(database, version, path, opened, largeCache, checkFileAccess);
      }
      database.close();
    }
    throw new LockstepError('database.replaced', { path: this.path });
  }

  /** SQLite would open a pipe and wait. */
  private assertRegularFile(): void {
    if (statSync(this.path, { throwIfNoEntry: false })?.isFile() === false) {
      throw new LockstepError('database.notADatabase', { path: this.path });
    }
  }
}

/**
 * Every default that differs between the engines, other tools and the versions of Node, stated.
 * SQL that runs in the sqlite3 shell and in dbmate must run here:
 * - double-quoted strings are accepted, as both do;
 * - not defensive, as neither is: with it `PRAGMA writable_schema` and writes to shadow tables fail,
 *   and SQLite's own page on ALTER TABLE tells people to edit the schema that way
 *   (https://www.sqlite.org/lang_altertable.html). A workspace must be trusted before SQL runs;
 * - the schema stays trusted (`PRAGMA trusted_schema`): functions and virtual tables that reach further
 *   than the database are not there or refuse to be called from a schema anyway, since we add none, and
 *   a migration must not do something else here than in the app whose triggers it fires.
 */
export function nativeOptions(foreignKeys: boolean): DatabaseSyncOptions {
  return {
    enableForeignKeyConstraints: foreignKeys,
    enableDoubleQuotedStringLiterals: true,
    defensive: false,
    allowExtension: false,
    readOnly: false,
    timeout: 0,
  };
}

/**
 * A connection that also minds the writers that do not know SQLite's locks, see `fileWriters`: two
 * Lockstep processes may have different engines.
 *
 * They make their claim, then look for a `-journal` before they replace the file; we have made our
 * `-journal` by the time we look for a claim before COMMIT. So at least one sees the other.
 */
class WritingConnection extends NativeConnection {
  private readonly guard: AttachGuard | undefined;
  /** Whether the last transaction was begun by a SAVEPOINT, so that a RELEASE may commit it. */
  private releaseCommits = false;

  constructor(
    database: DatabaseSync,
    sqliteVersion: string,
    path: string,
    opened: FileIdentity,
    setUp: string,
    checkFileAccess?: FileAccessCheck,
  ) {
    super(database, sqliteVersion, path, opened, setUp);
    this.guard = checkFileAccess && new AttachGuard(database, checkFileAccess);
  }

  /** @throws LockstepError `database.replaced` from COMMIT, and from RELEASE where it may be one */
  override exec(sql: string): void {
    const [first, second] = words(sql);
    if (first === 'begin' || (first === 'savepoint' && !this.inTransaction)) {
      this.releaseCommits = first === 'savepoint';
    }
    if (first === 'commit' || first === 'end' || (first === 'release' && this.releaseCommits)) {
      if (isClaimed(this.path)) {
        throw new DatabaseClaimed();
      }
      this.assertSameFile();
    }
    if (this.guard && guarded.test(first)) {
      this.guard.open(() => super.exec(sql));
    } else {
      super.exec(sql);
    }
    if (first === 'begin' && (second === 'immediate' || second === 'exclusive')) {
      this.respectClaims();
    }
  }

  private respectClaims(): void {
    try {
      for (const writer of fileWriters) {
        const state = writer.claimState(this.path);
        if (state === 'held') {
          throw new DatabaseClaimed();
        }
        if (state === 'left') {
          writer.sweep(this.path);
        }
      }
    } catch (error) {
      super.exec('ROLLBACK');
      throw error;
    }
  }
}

function words(sql: string): string[] {
  const tokens = new Tokens(sql);
  return [0, 1].map(() => (tokens.next() ? tokens.raw.toLowerCase() : ''));
}

/** How a statement may begin that needs the guard. */
const guarded = /^(attach|vacuum|pragma|explain)$/;

/** https://www.sqlite.org/c3ref/c_alter_table.html */
const pragmaAction = 19;
const attachAction = 24;
const ok = 0;
const deny = 1;

/** What `node:sqlite` of Node 22 lacks. */
type Guardable = Partial<Pick<DatabaseSync, 'setAuthorizer' | 'limits'>>;

/**
 * Has SQLite itself watch which files a connection attaches, VACUUM INTO among them, and what it sets
 * for the whole process, where it can: a second line behind the look at the statement's text. Watching
 * costs, so it watches the statements that may do so; all others may attach nothing.
 */
export class AttachGuard {
  private readonly limit: number | undefined;

  constructor(
    private readonly database: DatabaseSync,
    private readonly checkFileAccess: FileAccessCheck,
  ) {
    this.limit = (database as Guardable).limits?.attach;
    this.setLimit(0);
  }

  /** Runs something that may attach, but only what may be reached. */
  public open(run: () => void): void {
    this.setLimit(this.limit ?? 0);
    authorize(this.database, (file) => file !== null && !this.checkFileAccess(file));
    try {
      run();
    } finally {
      (this.database as Guardable).setAuthorizer?.(null);
      this.setLimit(0);
    }
  }

  private setLimit(attach: number): void {
    const { limits } = this.database as Guardable;
    if (limits && this.limit !== undefined) {
      translateErrors(() => (limits.attach = attach));
    }
  }
}

/**
 * Has SQLite refuse a connection every other file, where it can. VACUUM attaches as well: a database
 * without a name, and VACUUM INTO one with a name.
 */
export function refuseFiles(database: DatabaseSync): void {
  authorize(database, (file) => file === '' || file === ':memory:');
}

function authorize(database: DatabaseSync, mayAttach: (file: string | null) => boolean): void {
  (database as Guardable).setAuthorizer?.((action, name, value) => {
    const refused =
      (action === attachAction && !mayAttach(name)) ||
      (action === pragmaAction && value !== null && processWidePragma.test(name ?? ''));
    return refused ? deny : ok;
  });
}
