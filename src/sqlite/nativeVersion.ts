import type { NativeModule } from './nativeSqlite';

/** The version of the SQLite inside `node:sqlite`, e.g. `3.53.4`. */
export function nativeVersion(sqlite: NativeModule): string {
  return process.versions.sqlite ?? askedVersion(sqlite);
}

function askedVersion(sqlite: NativeModule): string {
  const database = new sqlite.DatabaseSync(':memory:');
  try {
    return String(database.prepare('SELECT sqlite_version() AS version').get()!.version);
  } finally {
    database.close();
  }
}
