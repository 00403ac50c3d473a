import type { SqlJs } from 'sql.js';
import type { Connection, ConnectionFactory } from '../core/connection';
import { statementKind } from '../core/sql/statementKind';
import { setRollbackMode } from './databaseHeader';
import { MemoryConnection } from './memoryConnection';
import { sqlJsVersion } from './sqlJsVersion';

/**
 * Opens connections to one database in memory that outlives them, one at a time. Nothing that runs
 * on it can reach a file.
 */
export class MemoryFactory implements ConnectionFactory {
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

/** One connection's turn. */
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
