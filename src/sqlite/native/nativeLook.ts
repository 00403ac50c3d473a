import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { type Connection, SqliteError } from '../../core/connection';
import { LockstepError } from '../../core/errors';
import type { DatabaseLook } from '../../core/model';
import {
  statDatabase,
  type DatabaseFiles,
  type FileIdentity,
  fileIdentity,
  findFiles,
  type FoundFiles,
  isDatabaseSize,
  sameFiles,
  sameIdentity,
  sleep,
} from '../databaseFile';
import type { LookResult, Probe } from '../engine';
import { damageOf, lookFailure, translateErrors } from '../errors';
import { NativeConnection } from './nativeConnection';
import { type NativeModule, nativeSqlite, nativeVersion, supportsUris } from './nativeModule';

const maxAttempts = 5;
/** Milliseconds a look waits for another connection. */
const timeout = 200;
/** Milliseconds. File times are as coarse as the kernel's tick: two writes in one look like one. */
const tick = 20;

/**
 * Looks at a database through `node:sqlite` and leaves nothing behind: no `-wal`, no `-shm`, no
 * recovered journal, no changed byte, also in a folder that may not be written.
 *
 * @param read must only read; called again when the file changed meanwhile
 * @throws what `read` throws, unless it is SQLite's word on the file
 * @throws LockstepError `engine.unavailable`
 */
export function look<T>(
  path: string,
  read: (connection: Connection) => T,
  sqlite: NativeModule | undefined = nativeSqlite(),
): LookResult<T> {
  if (!sqlite) {
    throw new LockstepError('engine.unavailable', { engine: 'native' });
  }
  const sqliteVersion = nativeVersion(sqlite);
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const found = findFiles(path);
    if ('state' in found) {
      return { ...found, sqliteVersion };
    }
    const seen = lookOnce(found, attempt === maxAttempts, read, sqlite);
    if (seen) {
      return { sizeBytes: Number(found.files.main.size), ...seen, sqliteVersion };
    }
    sleep(tick);
  }
  return { state: 'busy', sqliteVersion };
}

type Look<T> = DatabaseLook & { readonly value?: T };

/** One look; `undefined` when it was in vain. */
function lookOnce<T>(
  found: FoundFiles,
  isLastAttempt: boolean,
  read: (connection: Connection) => T,
  sqlite: NativeModule,
): Look<T> | undefined {
  const began = Date.now();
  let plan: LookPlan | undefined;
  try {
    const decided = lookPlan(found.path, found.files, isLastAttempt, sqlite);
    if (decided === 'needsRecovery') {
      return sameFiles(found.files, statDatabase(found.path)) ? { state: decided } : undefined;
    }
    plan = decided;
    const seen =
      plan.access === 'plain'
        ? openLeavingNoFiles(sqlite, found.path, found.files, () =>
            readThrough(decided, found, read, sqlite),
          )
        : readThrough(plan, found, read, sqlite);
    return plan.access !== 'immutable' || isUnchanged(found, began) ? seen : undefined;
  } catch (error) {
    const certain = (plan && plan.access !== 'immutable') || isUnchanged(found, began);
    return certain ? lookFailure(error) : undefined;
  }
}

function readThrough<T>(
  { access, journalMode }: LookPlan,
  { path, files }: FoundFiles,
  read: (connection: Connection) => T,
  sqlite: NativeModule,
): Look<T> {
  const connection = readOnlyConnection(sqlite, path, files.main, access, timeout);
  try {
    // one snapshot for all that is read
    connection.exec('BEGIN');
    const mode = journalMode ?? String(connection.get('PRAGMA journal_mode')!.journal_mode);
    if (!connection.get('SELECT 1 FROM sqlite_master LIMIT 1')) {
      return { state: 'empty', journalMode: mode };
    }
    return { state: 'ok', journalMode: mode, value: read(connection) };
  } finally {
    connection.close();
  }
}

/** Whether nobody wrote since the files were found at about `began`. */
function isUnchanged({ path, files }: FoundFiles, began: number): boolean {
  const age = began - Number(files.main.mtimeNs / 1_000_000n);
  const isFresh = Math.abs(age) < tick;
  return !isFresh && sameFiles(files, statDatabase(path));
}

/**
 * How to open a file that must not change (https://www.sqlite.org/uri.html):
 * - `locking`: as any reader. Beside a WAL it needs `-shm`, and makes one where there is none.
 * - `immutable`: no locks, no `-wal`, no `-journal`: right only while nobody writes.
 * - `nolock`: no locks; refuses a database in WAL mode with error 14, which is how to tell.
 * - `plain`: as `locking`, where there are no URIs.
 */
type ReadOnlyAccess = 'locking' | 'immutable' | 'nolock' | 'plain';

const parameters: Record<Exclude<ReadOnlyAccess, 'plain'>, string> = {
  locking: 'mode=ro',
  immutable: 'mode=ro&immutable=1',
  nolock: 'mode=ro&nolock=1',
};

/**
 * Opens a database for a look. Functions in a stranger's schema get no trust.
 * @param path with all links resolved; of an existing regular file
 * @param timeout milliseconds to wait for other connections
 */
function readOnlyConnection(
  sqlite: NativeModule,
  path: string,
  file: FileIdentity,
  access: ReadOnlyAccess,
  timeout: number,
): NativeConnection {
  const database = readOnlyDatabase(sqlite, path, access);
  const connection = new NativeConnection(database, nativeVersion(sqlite), path, file);
  database.exec(`PRAGMA busy_timeout=${timeout}; PRAGMA trusted_schema=0`);
  return connection;
}

/** The same for `node:sqlite` itself. */
export function readOnlyDatabase(
  sqlite: NativeModule,
  path: string,
  access: ReadOnlyAccess,
): DatabaseSync {
  return translateErrors(
    () =>
      new sqlite.DatabaseSync(
        access === 'plain' ? path : `${fileUri(path)}?${parameters[access]}`,
        {
          readOnly: true,
          enableForeignKeyConstraints: false,
          enableDoubleQuotedStringLiterals: true,
          defensive: true,
          allowExtension: false,
        },
      ),
  );
}

/** SQLite takes no host name in a URI, so that of a Windows share becomes part of the path. */
function fileUri(path: string): string {
  const url = pathToFileURL(path);
  return url.host ? `file:////${url.host}${url.pathname}` : url.href;
}

/** SQLITE_BUSY and SQLITE_READONLY (a hot journal): said of databases only. */
const waits = new Set([5, 8]);

/**
 * Whether a file is a SQLite database: quick, for thousands of candidates; leaves nothing behind.
 * By size first, then SQLite itself reads the header, without locks.
 */
export function probe(path: string, sqlite: NativeModule): Probe {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (!found?.isFile()) {
    return 'no';
  }
  if (found.size === 0n) {
    return 'empty';
  }
  if (!isDatabaseSize(found.size)) {
    return 'no';
  }
  return supportsUris(sqlite) ? probeImmutable(path, found, sqlite) : probePlain(path, sqlite);
}

function probeImmutable(path: string, file: FileIdentity, sqlite: NativeModule): Probe {
  return readsHeader(() => readOnlyConnection(sqlite, path, file, 'immutable', 0));
}

function probePlain(path: string, sqlite: NativeModule): Probe {
  const files = statDatabase(path);
  return files
    ? openLeavingNoFiles(sqlite, path, files, () =>
        readsHeader(() => readOnlyConnection(sqlite, path, files.main, 'plain', 0)),
      )
    : 'no';
}

function readsHeader(open: () => Connection): Probe {
  try {
    const connection = open();
    try {
      connection.get('PRAGMA schema_version');
    } finally {
      connection.close();
    }
    return 'database';
  } catch (error) {
    if (error instanceof SqliteError) {
      return waits.has(error.code & 0xff) ? 'database' : 'no';
    }
    throw error;
  }
}

/** How to look at a database without leaving anything behind. */
interface LookPlan {
  readonly access: ReadOnlyAccess;
  /** Known before the look only where SQLite would not tell during it. */
  readonly journalMode?: 'wal' | 'delete';
}

/**
 * Decides by what lies beside the file.
 * - `-wal` and `-shm`: an ordinary reader finds all it needs.
 * - `-wal` with frames alone: a reader would make a `-shm`, and without one the rows in the frames
 *   are missed; a run recovers it.
 * - `-journal`: SQLite must judge whether a crashed program left it, with locks.
 * - no URIs, and so none of the ways below: as an ordinary reader; see `openLeavingNoFiles`.
 * - nothing, or an empty `-wal`: a reader of a WAL database would make files; without locks it reads
 *   right as long as nobody writes, which the caller checks.
 *
 * @param isLastAttempt nobody's pause was long enough for the last way; a rollback-mode database can be
 *   read with locks as well, at the risk that its writer is told to wait
 */
function lookPlan(
  path: string,
  files: DatabaseFiles,
  isLastAttempt: boolean,
  sqlite: NativeModule,
): LookPlan | 'needsRecovery' {
  const hasUris = supportsUris(sqlite);
  if (files.wal && files.shm) {
    return { access: hasUris ? 'locking' : 'plain' };
  }
  if (files.wal && files.wal.size > 0n) {
    return 'needsRecovery';
  }
  if (!hasUris) {
    return { access: 'plain' };
  }
  const journalMode = files.wal || isWal(path, files, sqlite) ? 'wal' : 'delete';
  return journalMode === 'delete' && (files.journal || isLastAttempt)
    ? { access: 'locking' }
    : { access: 'immutable', journalMode };
}

/** Without locks SQLite cannot open a database in WAL mode: SQLITE_CANTOPEN. */
function isWal(path: string, files: DatabaseFiles, sqlite: NativeModule): boolean {
  const connection = readOnlyConnection(sqlite, path, files.main, 'nolock', 0);
  try {
    connection.get('PRAGMA schema_version');
    return false;
  } catch (error) {
    return error instanceof SqliteError && (error.code & 0xff) === 14;
  } finally {
    connection.close();
  }
}

/**
 * Looks at a database as an ordinary reader and removes what such a one leaves beside a database in
 * WAL mode: an empty `-wal` and a `-shm`. Removed by SQLite itself, which does so when the last
 * connection that may write closes; if there is another, they are its.
 */
function openLeavingNoFiles<T>(
  sqlite: NativeModule,
  path: string,
  before: DatabaseFiles,
  read: () => T,
): T {
  try {
    return read();
  } finally {
    const after = statDatabase(path);
    if (!before.shm && after?.wal?.size === 0n && sameIdentity(before.main, after.main)) {
      closeAsWriter(sqlite, path);
    }
  }
}

function closeAsWriter(sqlite: NativeModule, path: string): void {
  try {
    const database = new sqlite.DatabaseSync(path);
    try {
      database.exec('PRAGMA schema_version');
    } finally {
      database.close();
    }
  } catch {
    // Somebody is at work, who then removes them.
  }
}

/** See `damageOf`; of a file that nobody writes. Leaves nothing behind. */
export function nativeDamage(path: string, sqlite: NativeModule): string | undefined {
  const file = fileIdentity(path);
  if (!file) {
    return 'the file is gone';
  }
  const connection = readOnlyConnection(sqlite, path, file, 'immutable', 0);
  try {
    return damageOf(connection);
  } finally {
    connection.close();
  }
}
