import type { Connection, ConnectionFactory, EngineName } from '../core/connection';
import type { FileAccessCheck } from '../core/run/runRequest';
import type { DatabaseLook } from '../core/model';
import type { HistoryTable } from '../core/history/historyTable';

/**
 * One way to reach a database file. All of it is synchronous and belongs to one thread.
 *
 * A process stays with the one it chose: the sql.js engine reads files through `fs`, which drops the
 * locks of connections that `node:sqlite` has in the same process.
 */
export interface Engine extends DatabaseWriter {
  readonly name: EngineName;
  /** SQLite's own version, e.g. `3.53.4`. */
  readonly sqliteVersion: string;
  /** Looks and leaves nothing behind; `read` must only read and may be called more than once. */
  look<T>(path: string, read: (connection: Connection) => T): LookResult<T>;
  /** Whether a file is a SQLite database: quick, for thousands of candidates. */
  probe(path: string): Probe;
  /**
   * Copies a database by a look: leaves nothing beside it and holds no lock for longer than it takes.
   * What is in a `-wal` is in the copy.
   */
  snapshot(path: string, options: CopyOptions): LookResult<DatabaseCopy>;
  /**
   * Opens a copy to run anything on.
   * @param bytes of a database file; none for an empty one. They are taken over.
   * @param folder where an engine that needs a file makes it; the caller's to remove
   */
  openSnapshot(
    path: string,
    bytes: Uint8Array | undefined,
    folder: string | undefined,
  ): OpenSnapshot;
  /**
   * Compiles statements one after another in a database in memory that has a given schema and no rows,
   * to learn what this engine does not understand. Runs none but those that change the schema.
   * `undefined` where the engine cannot only compile.
   *
   * @param schema SQL, in an order in which it can be made
   */
  compile?(schema: readonly string[], statements: readonly string[]): CompileFailure[];
}

/** What of an engine changes database files, and copies them while nobody else can. */
export interface DatabaseWriter {
  /**
   * For a run.
   * @param path absolute, canonical
   * @param checkFileAccess where others' SQL is to run
   */
  connections(path: string, checkFileAccess?: FileAccessCheck): ConnectionFactory;
  /** For backups. */
  readonly copies: Copies;
}

/** Whole databases as files. Paths are absolute, those of databases canonical. */
export interface Copies {
  /**
   * Copies a database while this thread keeps its writers out.
   * @param to durable when the promise resolves
   * @param proceed called now and then; what it throws ends the copying
   */
  copy(path: string, to: CopyTarget, proceed: () => void): Promise<void>;
  /** What is wrong with a database that nobody has open; leaves nothing behind. */
  damage(path: string): string | undefined;
  /** @throws LockstepError `restore.refused` */
  restore(path: string, backup: string): RestoreSession;
}

/** An empty file that a copy goes to. */
export interface CopyTarget {
  readonly path: string;
  /** Open to write. Where others can change the path, the copy goes here and nowhere else. */
  readonly file: number;
}

export interface CopyOptions {
  /** Bytes; of a larger database only the schema and the history are copied, if at all. */
  readonly maxBytes: number;
  readonly historyTable: HistoryTable;
}

/** A consistent copy of a database, as a file's bytes. */
export interface DatabaseCopy {
  readonly kind: 'full' | 'schema';
  readonly bytes: Uint8Array;
}

/** A copy of a database, by whatever means; the path is that of the original. */
export interface OpenSnapshot extends ConnectionFactory {
  /** As a file's bytes. No connection may be open. */
  content(): Uint8Array;
  close(): void;
}

/**
 * Puts a backup's content in the place of a database's. What is there is read and replaced in two
 * steps, and the second is not taken when anybody wrote in between: nothing is overwritten that
 * `save` has not seen.
 *
 * Everything throws a busy `SqliteError` while somebody else writes or, for some databases, reads.
 */
export interface RestoreSession {
  /** Whether the database's content is still what `save` saw. */
  readonly isSaved: boolean;
  /**
   * Keeps writers out until `save` is over.
   * @returns whether there is anything in the database
   * @throws LockstepError `restore.refused` where `replace` cannot work
   */
  hold(): boolean;
  /** @param copy makes a copy of the database; left out where there is nothing to copy */
  save(copy?: () => Promise<void>): Promise<void>;
  /**
   * Durable when it resolves; until then a crash leaves what was there.
   * @param proceed called now and then; what it throws undoes everything
   */
  replace(proceed: () => void): Promise<void>;
  /** Idempotent. */
  close(): void;
}

/** What a look found; `value` is what its reader returned, present only in state `ok`. */
export interface LookResult<T> extends DatabaseLook {
  readonly value?: T;
  readonly sqliteVersion: string;
}

/** What an engine says to a statement that it was to compile. */
export interface CompileFailure {
  /** Of the statement. */
  readonly index: number;
  readonly message: string;
}

/** What a cheap look says about a candidate. `empty`: zero bytes. */
export type Probe = 'database' | 'empty' | 'no';
