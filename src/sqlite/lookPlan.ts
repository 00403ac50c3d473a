import { SqliteError } from '../core/connection';
import type { DatabaseFiles } from './databaseFiles';
import type { NativeModule } from './nativeSqlite';
import type { ReadOnlyAccess } from './readOnlyConnection';
import { readOnlyConnection } from './readOnlyConnection';
import { takesUris } from './takesUris';

/** How to look at a database without leaving anything behind. */
export interface LookPlan {
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
 * - no URIs, and so none of the ways below: as an ordinary reader; see `withoutTraces`.
 * - nothing, or an empty `-wal`: a reader of a WAL database would make files; without locks it reads
 *   right as long as nobody writes, which the caller checks.
 *
 * @param patient nobody's pause was long enough for the last way; a rollback-mode database can be
 *   read with locks as well, at the risk that its writer is told to wait
 */
export function lookPlan(
  path: string,
  files: DatabaseFiles,
  patient: boolean,
  sqlite: NativeModule,
): LookPlan | 'needsRecovery' {
  const hasUris = takesUris(sqlite);
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
  return journalMode === 'delete' && (files.journal || patient)
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
