import type { SqlJs } from 'sql.js';
import type { Connection, Row, SqlValue } from '../core/connection';
import { SqliteError } from '../core/connection';
import { LockstepError } from '../core/errors';
import type { ProcessIdentity } from '../core/holder';
import { Claim } from './claim';
import { databaseFiles } from './databaseFiles';
import { contentHash } from './databaseHeader';
import { isCommit, refuseUnreachable, statementEffect } from './fallbackStatement';
import { translateFileErrors } from './fileError';
import type { FileIdentity } from './fileIdentity';
import { fileIdentity, sameIdentity } from './fileIdentity';
import type { DatabasePrint, LoadLimits } from './loadDatabase';
import { loadDatabase, samePrint } from './loadDatabase';
import { MemoryConnection } from './memoryConnection';
import { replaceDatabase } from './replaceDatabase';

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
  readonly print: DatabasePrint;
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
export class SqlJsConnection implements Connection {
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
    if (isCommit(sql) && !databaseFiles(this.path)?.journal) {
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
    if (this.copy && samePrint(this.copy.print, print)) {
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
