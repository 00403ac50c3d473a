/** A value that SQLite stores or binds. */
export type SqlValue = null | number | bigint | string | Uint8Array;
export type Row = Record<string, SqlValue>;
export type EngineName = 'native' | 'sqljs';

export interface EngineInfo {
  readonly name: EngineName;
  /** SQLite's own version, e.g. `3.53.4`. */
  readonly sqliteVersion: string;
}

/**
 * A connection to one database, synchronous, owned by one thread. The engines implement it
 * (`src/sqlite`); the run and the looks use nothing else of an engine.
 *
 * Every method throws {@link SqliteError} when SQLite refuses.
 */
export interface Connection {
  readonly engine: EngineName;
  /** SQLite's own version, e.g. `3.53.4`. */
  readonly sqliteVersion: string;
  /** Whether a transaction is open, as SQLite sees it now. */
  readonly inTransaction: boolean;
  /** Runs one statement, or several of ours; rows are discarded. */
  exec(sql: string): void;
  all(sql: string, ...params: SqlValue[]): Row[];
  get(sql: string, ...params: SqlValue[]): Row | undefined;
  /** Rows one by one, so that a caller can stop early without reading the rest. */
  iterate(sql: string, ...params: SqlValue[]): IterableIterator<Row>;
  /** Rows changed since the connection was opened (`total_changes()`). */
  totalChanges(): number;
  /**
   * Throws `database.replaced` when the path no longer names the file that was opened. To be called
   * before each COMMIT: rows committed to a file nobody can reach are lost.
   */
  assertSameFile(): void;
  /** Makes the work durable where COMMIT alone does not (sql.js writes the file here). */
  flush(): void;
  /** Idempotent. An open transaction is rolled back. */
  close(): void;
}

/** Opens connections to one database for a run. A run opens several, one after another. */
export interface ConnectionFactory {
  readonly engine: EngineName;
  /** Absolute, canonical path. */
  readonly path: string;
  /** Creates the file when it is missing. */
  open(options: { foreignKeys: boolean }): Connection;
}

/** SQLite's refusal, the same from both engines. */
export class SqliteError extends Error {
  /**
   * @param code extended result code, 1 (`SQLITE_ERROR`) where the engine does not tell
   *   (https://www.sqlite.org/rescode.html)
   */
  constructor(
    message: string,
    public readonly code: number,
  ) {
    super(message);
    this.name = 'SqliteError';
  }

  /** Somebody else holds a lock: worth another try. SQLITE_BUSY and its extended codes. */
  get isBusy(): boolean {
    return (this.code & 0xff) === 5;
  }
}

/**
 * A writer that replaces the whole file is at work. It waits until nobody has the file open, so a
 * connection must be closed while it is waited for.
 */
export class DatabaseClaimed extends SqliteError {
  constructor() {
    super('database is locked', 5);
  }
}

/**
 * A plain row from one read with big integers: those that fit become numbers, so that no integer
 * is rounded and the usual ones are convenient.
 */
export function plainRow(raw: object): Row {
  const row: Row = {};
  for (const column of Object.keys(raw)) {
    const value = (raw as Row)[column]!;
    row[column] = typeof value === 'bigint' ? plainInteger(value) : value;
  }
  return row;
}

function plainInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
