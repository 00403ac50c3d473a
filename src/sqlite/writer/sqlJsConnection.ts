import { resolve } from 'node:path';
import {
  type Connection,
  type ConnectionFactory,
  type Row,
  SqliteError,
  type SqlValue,
} from '../../core/connection';
import { LockstepError } from '../../core/errors';
import type { ProcessIdentity } from '../../core/model';
import { Tokens } from '../../core/sql/tokens';
import { processIdentity } from '../../system/process';
import {
  contentHash,
  createIfMissing,
  statDatabase,
  type FileIdentity,
  fileIdentity,
  sameIdentity,
} from '../databaseFile';
import { translateFileErrors } from '../errors';
import { MemoryConnection, type SqlJs, sqlJsVersion } from '../sqljs/memoryConnection';
import { Claim } from './claim';
import { JournalWait, FileUseWait } from './fileUseWait';
import {
  type DatabaseFingerprint,
  loadDatabase,
  type LoadLimits,
  replaceDatabase,
  sameFingerprint,
} from './replaceDatabase';

interface SqlJsSettings extends LoadLimits {
  readonly sqlJs: SqlJs;
  readonly sqliteVersion: string;
  /** This process, for its claims. */
  readonly self: ProcessIdentity;
}

/** The file's content in memory. */
interface Copy {
  readonly memory: MemoryConnection;
  /** The file it was read from, or last written to. */
  readonly print: DatabaseFingerprint;
  readonly identity: FileIdentity | undefined;
  /** Of the content as sql.js exports it, before anything was changed. */
  readonly hash: string;
}

/**
 * A connection for where there is no `node:sqlite`: works on a copy in memory and replaces the file
 * when a transaction ends.
 *
 * It stands for SQLite's locks with a {@link Claim}: taken before a statement that may write, given
 * back when no transaction is open after a statement. So BEGIN, of any kind, locks at once, COMMIT
 * replaces the file, and a statement outside a transaction does both.
 */
class SqlJsConnection implements Connection {
  readonly engine = 'sqljs';
  private copy?: Copy;
  private claim?: Claim;
  private changesBefore = 0;
  private readonly pragmas: string[];

  constructor(
    private readonly path: string,
    private readonly settings: SqlJsSettings,
    foreignKeys: boolean,
  ) {
    this.pragmas = [`PRAGMA foreign_keys=${foreignKeys ? 1 : 0}`];
  }

  get sqliteVersion(): string {
    return this.settings.sqliteVersion;
  }

  get inTransaction(): boolean {
    return this.claim !== undefined;
  }

  exec(sql: string): void {
    refuseUnreachable(sql);
    this.perform(sql, (memory) => memory.exec(sql));
    if (statementEffect(sql) === 'connection') {
      this.pragmas.push(sql);
    }
  }

  all(sql: string, ...params: SqlValue[]): Row[] {
    refuseUnreachable(sql);
    return this.perform(sql, (memory) => memory.all(sql, ...params));
  }

  get(sql: string, ...params: SqlValue[]): Row | undefined {
    refuseUnreachable(sql);
    return this.perform(sql, (memory) => memory.get(sql, ...params));
  }

  *iterate(sql: string, ...params: SqlValue[]): IterableIterator<Row> {
    if (this.claim || statementEffect(sql) === 'reads') {
      yield* this.perform(sql, (memory) => memory.iterate(sql, ...params));
    } else {
      yield* this.all(sql, ...params);
    }
  }

  totalChanges(): number {
    return this.changesBefore + (this.copy?.memory.totalChanges() ?? 0);
  }

  /** An early word: COMMIT compares the whole content. */
  assertSameFile(): void {
    if (this.copy && !sameIdentity(fileIdentity(this.path), this.copy.identity)) {
      throw new LockstepError('database.replaced', { path: this.path });
    }
  }

  /** COMMIT has done it. */
  flush(): void {}

  close(): void {
    this.drop();
    this.release();
  }

  private perform<T>(sql: string, run: (memory: MemoryConnection) => T): T {
    if (this.claim) {
      this.waitForOthers(sql);
      return this.runClaimed(run);
    }
    if (statementEffect(sql) !== 'writes') {
      return run(this.refresh());
    }
    this.settings.use.assertUnused();
    this.claim = translateFileErrors(() => Claim.take(this.path, this.settings.self));
    if (!this.claim) {
      throw new SqliteError('database is locked', 5);
    }
    try {
      this.refresh();
    } catch (error) {
      this.release();
      throw error;
    }
    return this.runClaimed(run);
  }

  /**
   * COMMIT waits as SQLite's does, with the transaction left open: the wait can then be cancelled.
   * Where somebody writes there is nothing to wait for: the file will not be what we have read.
   */
  private waitForOthers(sql: string): void {
    if (isCommit(sql) && !statDatabase(this.path)?.journal) {
      this.settings.use.assertUnused();
    }
  }

  /** Whatever becomes of the statement, what was committed is written and what is over released. */
  private runClaimed<T>(run: (memory: MemoryConnection) => T): T {
    try {
      return run(this.copy!.memory);
    } finally {
      if (!this.copy!.memory.inTransaction) {
        this.save();
      }
    }
  }

  private save(): void {
    try {
      const { memory, print, hash } = this.copy!;
      const bytes = memory.bytes();
      const { use } = this.settings;
      const newHash = contentHash(bytes);
      if (newHash !== hash) {
        const written = replaceDatabase(this.path, print, bytes, this.claim!, use);
        this.copy = { memory, print: written, identity: fileIdentity(this.path), hash: newHash };
      }
    } catch (error) {
      this.drop();
      throw error;
    } finally {
      this.release();
    }
  }

  /** The file's content as it is now. Read each time: no time or size proves that it is the same. */
  private refresh(): MemoryConnection {
    const { bytes, print, identity } = loadDatabase(this.path, this.settings);
    if (this.copy && sameFingerprint(this.copy.print, print)) {
      this.copy = { ...this.copy, identity };
      return this.copy.memory;
    }
    this.drop();
    const memory = new MemoryConnection(this.settings.sqlJs, this.sqliteVersion, bytes);
    try {
      // An empty file becomes one page with the first write.
      const hash = bytes.length > 0 ? print.hash : contentHash(memory.bytes());
      this.pragmas.forEach((pragma) => memory.exec(pragma));
      this.copy = { memory, print, identity, hash };
      return memory;
    } catch (error) {
      memory.close();
      throw error;
    }
  }

  private drop(): void {
    const memory = this.copy?.memory;
    this.changesBefore = this.totalChanges();
    this.copy = undefined;
    memory?.close();
  }

  private release(): void {
    this.claim?.release();
    this.claim = undefined;
  }
}

/** Pragmas that change the connection only; to be set again when the database is read anew. */
const connectionPragmas = new Set(
  (
    'automatic_index busy_timeout cache_size cache_spill case_sensitive_like cell_size_check ' +
    'count_changes defer_foreign_keys foreign_keys full_column_names ignore_check_constraints ' +
    'legacy_alter_table locking_mode query_only read_uncommitted recursive_triggers ' +
    'reverse_unordered_selects secure_delete short_column_names synchronous temp_store ' +
    'trusted_schema writable_schema'
  ).split(' '),
);

/**
 * What SQL may do to a database that is a copy of a file: `reads` changes nothing, `connection`
 * changes a setting of the connection, `writes` may be anything else, several statements too.
 */
type StatementEffect = 'reads' | 'connection' | 'writes';

function statementEffect(sql: string): StatementEffect {
  const [first, ...rest] = words(sql, 5);
  if (!['select', 'values', 'explain', 'pragma'].includes(first ?? '') || !isSingle(sql)) {
    return 'writes';
  }
  if (first !== 'pragma') {
    return 'reads';
  }
  const named = rest[1] === '.' ? rest.slice(2) : rest;
  const [name, next] = named;
  if (name !== undefined && connectionPragmas.has(name)) {
    return 'connection';
  }
  return next === undefined || next === ';' ? 'reads' : 'writes';
}

/** Whether it ends a transaction and keeps what was done in it. */
function isCommit(sql: string): boolean {
  return ['commit', 'end'].includes(words(sql, 1)[0] ?? '');
}

/**
 * Refuses what would seem to work in memory and leave nothing on the disk.
 * @throws SqliteError
 */
function refuseUnreachable(sql: string): void {
  const [first, ...rest] = words(sql, 7);
  const refused =
    (first === 'attach' && 'ATTACH') ||
    (first === 'vacuum' && rest.slice(0, 2).includes('into') && 'VACUUM INTO') ||
    (first === 'pragma' &&
      rest.includes('journal_mode') &&
      rest.includes('wal') &&
      'PRAGMA journal_mode=WAL');
  if (refused) {
    throw new SqliteError(`${refused} needs an engine that can reach files, sql.js cannot`, 1);
  }
}

function isSingle(sql: string): boolean {
  const tokens = new Tokens(sql);
  while (tokens.next()) {
    if (tokens.isSymbol(';')) {
      return !tokens.next();
    }
  }
  return true;
}

/** The first tokens, in lower case and without quotes. */
function words(sql: string, count: number): string[] {
  const tokens = new Tokens(sql);
  const found: string[] = [];
  while (found.length < count && tokens.next()) {
    found.push(tokens.name.toLowerCase());
  }
  return found;
}

/** Bytes over which a database is not read; memory needed is twice as much. */
export const sqlJsCeiling = 512 * 1024 * 1024;

export interface SqlJsFactoryOptions {
  /** Bytes over which a database is refused; memory needed is twice as much. */
  readonly ceiling?: number;
  /** Milliseconds after which an unchanged `-journal` counts as left by a killed program. */
  readonly journalWaitMs?: number;
  /** Milliseconds for which another program may use the database before it is refused. */
  readonly useWaitMs?: number;
  readonly self?: ProcessIdentity;
}

/**
 * Opens one database for writing through sql.js, the writer of last resort. Exactly once among
 * Lockstep's own processes; a foreign program that writes in the moment the file is replaced loses
 * what it wrote.
 */
export class SqlJsConnectionFactory implements ConnectionFactory {
  readonly engine = 'sqljs';
  readonly path: string;
  private readonly sqliteVersion: string;
  private readonly self: ProcessIdentity;
  private readonly ceiling: number;
  private readonly journalWait: JournalWait;
  private readonly use: FileUseWait;

  /** @param path absolute, canonical */
  constructor(
    path: string,
    private readonly sqlJs: SqlJs,
    options: SqlJsFactoryOptions = {},
  ) {
    this.path = resolve(path);
    this.sqliteVersion = sqlJsVersion(sqlJs);
    this.self = options.self ?? processIdentity();
    this.ceiling = options.ceiling ?? sqlJsCeiling;
    this.journalWait = new JournalWait(options.journalWaitMs);
    this.use = new FileUseWait(this.path, options.useWaitMs);
  }

  /** Reads nothing yet; whatever is to be refused is refused by the first statement. */
  open({ foreignKeys }: { foreignKeys: boolean }): Connection {
    translateFileErrors(() => createIfMissing(this.path, 0o644));
    const { sqlJs, sqliteVersion, self, ceiling, journalWait, use } = this;
    const settings = { sqlJs, sqliteVersion, self, ceiling, journalWait, use };
    return new SqlJsConnection(this.path, settings, foreignKeys);
  }
}
