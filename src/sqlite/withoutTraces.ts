import type { DatabaseFiles } from './databaseFiles';
import { databaseFiles } from './databaseFiles';
import { sameIdentity } from './fileIdentity';
import type { NativeModule } from './nativeSqlite';

/**
 * Looks at a database as an ordinary reader and removes what such a one leaves beside a database in
 * WAL mode: an empty `-wal` and a `-shm`. Removed by SQLite itself, which does so when the last
 * connection that may write closes; if there is another, they are its.
 */
export function withoutTraces<T>(
  sqlite: NativeModule,
  path: string,
  before: DatabaseFiles,
  read: () => T,
): T {
  try {
    return read();
  } finally {
    const after = databaseFiles(path);
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
