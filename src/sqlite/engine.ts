import type { SqlJs } from 'sql.js';
import type { Connection, ConnectionFactory, EngineName } from '../core/connection';
import type { ReachCheck } from '../core/run/reach';
import { chooseEngine } from './chooseEngine';
import type { CompileFailure } from './compileStatements';
import { compileStatements } from './compileStatements';
import type { CopyOptions, DatabaseCopy } from './copyDatabase';
import { copyDatabase } from './copyDatabase';
import { copySqlJs } from './copySqlJs';
import type { LookResult, Probe } from './lookResult';
import { JournalPatience } from './journalPatience';
import type { LoadLimits } from './loadDatabase';
import { loadSqlJs } from './loadSqlJs';
import { look } from './look';
import { lookSqlJs } from './lookSqlJs';
import { MemoryFactory } from './memoryFactory';
import { NativeConnectionFactory } from './nativeConnectionFactory';
import { nativeCopy } from './nativeCopy';
import { nativeDamage } from './nativeDamage';
import { NativeRestore } from './nativeRestore';
import { NativeTrial } from './nativeTrial';
import type { NativeModule } from './nativeSqlite';
import { nativeSqlite } from './nativeSqlite';
import { nativeVersion } from './nativeVersion';
import { probe } from './probe';
import { probeHeader } from './probeHeader';
import type { RestoreSession } from './restoreSession';
import { sqlJsCeiling, SqlJsConnectionFactory } from './sqlJsConnectionFactory';
import { sqlJsCopy, sqlJsDamage } from './sqlJsCopy';
import { SqlJsRestore } from './sqlJsRestore';
import { sqlJsVersion } from './sqlJsVersion';
import { UsePatience } from './usePatience';

/** One way to reach a database file. All of it is synchronous and belongs to one thread. */
export interface Engine {
  readonly name: EngineName;
  /** SQLite's own version, e.g. `3.53.4`. */
  readonly sqliteVersion: string;
  /**
   * For a run.
   * @param path absolute, canonical
   * @param mayReach where others' SQL is to run
   */
  connections(path: string, mayReach?: ReachCheck): ConnectionFactory;
  /** Looks and leaves nothing behind; `read` must only read and may be called more than once. */
  look<T>(path: string, read: (connection: Connection) => T): LookResult<T>;
  /** Whether a file is a SQLite database: quick, for thousands of candidates. */
  probe(path: string): Probe;
  /** For backups. */
  readonly copies: Copies;
  /** Copies a database by a look, see `copyDatabase`. */
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
  /** See `compileStatements`; `undefined` where the engine cannot only compile. */
  compile?(schema: readonly string[], statements: readonly string[]): CompileFailure[];
}

/** Whole databases as files. Paths are absolute, those of databases canonical. */
export interface Copies {
  /**
   * Copies a database while this thread keeps its writers out.
   * @param to an existing empty file; durable when the promise resolves
   * @param proceed called now and then; what it throws ends the copying
   */
  copy(path: string, to: string, proceed: () => void): Promise<void>;
  /** What is wrong with a database that nobody has open; leaves nothing behind. */
  damage(path: string): string | undefined;
  /** @throws LockstepError `restore.refused` */
  restore(path: string, backup: string): RestoreSession;
}

/** A copy of a database, by whatever means; the path is that of the original. */
export interface OpenSnapshot extends ConnectionFactory {
  /** As a file's bytes. No connection may be open. */
  content(): Uint8Array;
  close(): void;
}

/**
 * Loads an engine. A process stays with the one it chose: the sql.js engine reads files through
 * `fs`, which drops the locks of connections that `node:sqlite` has in the same process.
 *
 * @param wasm absolute path of `sql-wasm.wasm`; read only for `sqljs`
 * @throws LockstepError `engine.unavailable`
 */
export async function loadEngine(name: EngineName, wasm: string): Promise<Engine> {
  const sqlite = nativeSqlite();
  return chooseEngine(name, sqlite !== undefined) === 'native'
    ? nativeEngine(sqlite!)
    : sqlJsEngine(await loadSqlJs(wasm));
}

function nativeEngine(sqlite: NativeModule): Engine {
  return {
    name: 'native',
    sqliteVersion: nativeVersion(sqlite),
    connections: (path, mayReach) => new NativeConnectionFactory(path, sqlite, mayReach),
    look: (path, read) => look(path, read, sqlite),
    probe: (path) => probe(path, sqlite),
    copies: {
      copy: (path, to, proceed) => nativeCopy(path, to, sqlite, proceed),
      damage: (path) => nativeDamage(path, sqlite),
      restore: (path, backup) => new NativeRestore(path, backup, sqlite),
    },
    snapshot: (path, options) => copyDatabase(path, options, sqlite),
    openSnapshot: (path, bytes, folder) => new NativeTrial(path, bytes, folder!, sqlite),
    compile: (schema, statements) => compileStatements(schema, statements, sqlite),
  };
}

function sqlJsEngine(sqlJs: SqlJs): Engine {
  return {
    name: 'sqljs',
    sqliteVersion: sqlJsVersion(sqlJs),
    connections: (path) => new SqlJsConnectionFactory(path, sqlJs),
    look: (path, read) => lookSqlJs(path, read, sqlJs),
    probe: probeHeader,
    copies: {
      copy: async (path, to) => sqlJsCopy(path, to, loadLimits(path)),
      damage: (path) => sqlJsDamage(path, sqlJs),
      restore: (path, backup) => new SqlJsRestore(path, backup, loadLimits(path)),
    },
    snapshot: (path, options) => copySqlJs(path, options, sqlJs),
    openSnapshot: (path, bytes) => new MemoryFactory(path, sqlJs, bytes),
  };
}

function loadLimits(path: string): LoadLimits {
  return { ceiling: sqlJsCeiling, patience: new JournalPatience(), use: new UsePatience(path) };
}
