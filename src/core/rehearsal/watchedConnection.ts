import type { Connection, ConnectionFactory, Row, SqlValue } from '../connection';
import { LockstepError } from '../errors';
import { accessedFile } from '../sql/statements';

/** Sees the statements of migrations, not those of Lockstep itself. */
export interface StatementWatch {
  beforeStatement(connection: Connection, sql: string): void;
  afterStatement(connection: Connection, sql: string): void;
  /** @param compiled SQLite had understood it; it failed while it ran */
  failedStatement(compiled: boolean): void;
}

/** Opens connections to a copy, lets a watch see what they run and stops what a copy cannot tell. */
export class WatchedFactory implements ConnectionFactory {
  /** The open connection. */
  private current: WatchedConnection | undefined;
  public watch: StatementWatch | undefined;

  constructor(private readonly inner: ConnectionFactory) {}

  public get engine(): ConnectionFactory['engine'] {
    return this.inner.engine;
  }

  public get path(): string {
    return this.inner.path;
  }

  public open(options: { foreignKeys: boolean }): Connection {
    this.current = new WatchedConnection(this.inner.open(options), () => this.watch);
    return this.current;
  }

  /** Reads through the open connection, so inside its transaction, or through one of its own. */
  public inspect<T>(read: (connection: Connection) => T): T {
    if (this.current && !this.current.closed) {
      return read(this.current.inner);
    }
    const connection = this.inner.open({ foreignKeys: false });
    try {
      return read(connection);
    } finally {
      connection.close();
    }
  }
}

class WatchedConnection implements Connection {
  public closed = false;

  constructor(
    public readonly inner: Connection,
    private readonly watch: () => StatementWatch | undefined,
  ) {}

  public get engine(): Connection['engine'] {
    return this.inner.engine;
  }

  public get sqliteVersion(): string {
    return this.inner.sqliteVersion;
  }

  public get inTransaction(): boolean {
    return this.inner.inTransaction;
  }

  public exec(sql: string): void {
    screenStatement(sql);
    const watch = this.watch();
    watch?.beforeStatement(this.inner, sql);
    try {
      this.inner.exec(sql);
    } catch (error) {
      watch?.failedStatement(compiles(this.inner, sql));
      throw error;
    }
    watch?.afterStatement(this.inner, sql);
  }

  public all(sql: string, ...params: SqlValue[]): Row[] {
    return this.inner.all(sql, ...params);
  }

  public get(sql: string, ...params: SqlValue[]): Row | undefined {
    return this.inner.get(sql, ...params);
  }

  public iterate(sql: string, ...params: SqlValue[]): IterableIterator<Row> {
    return this.inner.iterate(sql, ...params);
  }

  public totalChanges(): number {
    return this.inner.totalChanges();
  }

  public assertSameFile(): void {
    this.inner.assertSameFile();
  }

  public flush(): void {
    this.inner.flush();
  }

  public close(): void {
    this.closed = true;
    this.inner.close();
  }
}

/** False where that is not known: what is to be explained cannot be explained itself. */
function compiles(connection: Connection, sql: string): boolean {
  try {
    connection.exec(`EXPLAIN ${sql}`);
    return true;
  } catch {
    return false;
  }
}

/**
 * Stops what depends on files beside the database, or would make some: on a copy it means something
 * else. A database in memory or without a name is no such file.
 *
 * @param sql one statement
 * @throws LockstepError `rehearsal.cannot`
 */
function screenStatement(sql: string): void {
  const file = accessedFile(sql);
  if (file && file.name !== '' && file.name !== ':memory:') {
    const [word] = /^\w+/.exec(sql) ?? [''];
    throw new LockstepError('rehearsal.cannot', { reason: 'file', detail: word.toUpperCase() });
  }
}

/**
 * Statements so new that versions of SQLite which all accept them do different things: with the ALTER
 * TABLE … ADD CONSTRAINT of 3.53 a check that is NULL for a row fails, with that of 3.54 it holds.
 * One version's word on them is not another's.
 */
export function isYoungStatement(sql: string): boolean {
  return (
    /^alter\s+table\b/i.test(sql) &&
    /\b(alter\s+(column\s+)?\S|(add|drop)\s+constraint)\b/i.test(sql.slice(11))
  );
}
