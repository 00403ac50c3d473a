import type { SqlJs } from 'sql.js';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import type { Connection } from '../../core/connection';
import type { DatabaseLook } from '../../core/model';
import {
  statDatabase,
  type FileState,
  findFiles,
  type FoundFiles,
  headerKind,
  headerSize,
  isDatabaseSize,
  sameFiles,
  setRollbackMode,
  sleep,
} from '../databaseFile';
import type { CopyOptions, DatabaseCopy, LookResult, Probe } from '../engine';
import { lookFailure } from '../errors';
import { MemoryConnection, sqlJsVersion } from './memoryConnection';

const maxAttempts = 5;
/** Milliseconds; see `look`. */
const tick = 20;

/**
 * Looks at a copy of a database in memory: for processes without `node:sqlite`. Reads the file
 * through `fs`, so never in a process in which SQLite has it open, see `fileIdentity`.
 *
 * What is in a `-wal` or `-journal` is beyond it; such a database is not shown rather than wrong.
 *
 * @param read must only read; called again when the file changed meanwhile
 * @param ceiling bytes over which a database is not read
 * @throws what `read` throws, unless it is SQLite's word on the file
 */
export function lookSqlJs<T>(
  path: string,
  read: (connection: Connection) => T,
  sqlJs: SqlJs,
  ceiling = 512 * 1024 * 1024,
): LookResult<T> {
  const sqliteVersion = sqlJsVersion(sqlJs);
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const found = findFiles(path);
    if ('state' in found) {
      return { ...found, sqliteVersion };
    }
    const seen =
      refuse(found, ceiling, attempt === maxAttempts) ??
      lookOnce(found, read, sqlJs, sqliteVersion);
    if (seen) {
      return { sizeBytes: Number(found.files.main.size), ...seen, sqliteVersion };
    }
    sleep(tick);
  }
  return { state: 'busy', sqliteVersion };
}

type Look<T> = DatabaseLook & { readonly value?: T };

/** @param last whether there is no other attempt; a living program removes its journal soon */
function refuse({ files }: FoundFiles, ceiling: number, last: boolean): DatabaseLook | undefined {
  if (files.wal && files.wal.size > 0n) {
    const message = 'sql.js cannot read the write-ahead log (-wal) beside it';
    return { state: 'unreadable', journalMode: 'wal', message };
  }
  if (files.main.size > ceiling) {
    return { state: 'unreadable', message: `larger than ${ceiling} bytes` };
  }
  return isUsed(files.journal) && last ? { state: 'needsRecovery' } : undefined;
}

/** A journal without bytes is one that a mode of SQLite's keeps for the next transaction. */
function isUsed(journal: FileState | undefined): boolean {
  return journal !== undefined && journal.size > 0n;
}

/** One look; `undefined` when somebody may have written meanwhile. */
function lookOnce<T>(
  { path, files }: FoundFiles,
  read: (connection: Connection) => T,
  sqlJs: SqlJs,
  sqliteVersion: string,
): Look<T> | undefined {
  const age = Date.now() - Number(files.main.mtimeNs / 1_000_000n);
  if (Math.abs(age) < tick || isUsed(files.journal)) {
    return undefined;
  }
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    return { state: 'unreadable', message: (error as Error).message };
  }
  return sameFiles(files, statDatabase(path))
    ? readCopy(bytes, read, sqlJs, sqliteVersion)
    : undefined;
}

function readCopy<T>(
  bytes: Uint8Array,
  read: (connection: Connection) => T,
  sqlJs: SqlJs,
  sqliteVersion: string,
): Look<T> | undefined {
  const kind = headerKind(bytes);
  if (kind === 'notADatabase') {
    return { state: kind };
  }
  const journalMode = kind === 'wal' ? 'wal' : 'delete';
  if (kind === 'wal') {
    setRollbackMode(bytes);
  }
  const connection = new MemoryConnection(sqlJs, sqliteVersion, bytes);
  try {
    connection.exec('PRAGMA trusted_schema=0; PRAGMA query_only=1');
    const isEmpty = !connection.get('SELECT 1 FROM sqlite_master LIMIT 1');
    return isEmpty
      ? { state: 'empty', journalMode }
      : { state: 'ok', journalMode, value: read(connection) };
  } catch (error) {
    return lookFailure(error);
  } finally {
    connection.close();
  }
}

/**
 * Whether a file is a SQLite database, by size and header: for processes without `node:sqlite`.
 * Through `fs`, so never in a process in which SQLite has the file open, see `fileIdentity`.
 */
export function probeHeader(path: string): Probe {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (!found?.isFile()) {
    return 'no';
  }
  if (found.size === 0n) {
    return 'empty';
  }
  try {
    const isDatabase =
      isDatabaseSize(found.size) && headerKind(readHeader(path)) !== 'notADatabase';
    return isDatabase ? 'database' : 'no';
  } catch {
    return 'no';
  }
}

function readHeader(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const header = new Uint8Array(headerSize);
    readSync(file, header, 0, headerSize, 0);
    return header;
  } finally {
    closeSync(file);
  }
}

/** Copies a database by a look, for processes without `node:sqlite`: what is too large stays out. */
export function copySqlJs(
  path: string,
  { maxBytes }: CopyOptions,
  sqlJs: SqlJs,
): LookResult<DatabaseCopy> {
  return lookSqlJs(
    path,
    (connection) => ({ kind: 'full', bytes: (connection as MemoryConnection).bytes() }),
    sqlJs,
    maxBytes,
  );
}
