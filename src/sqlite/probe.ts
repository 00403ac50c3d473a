import { statSync } from 'node:fs';
import { SqliteError, type Connection } from '../core/connection';
import { databaseFiles } from './databaseFiles';
import type { FileIdentity } from './fileIdentity';
import type { Probe } from './lookResult';
import type { NativeModule } from './nativeSqlite';
import { readOnlyConnection } from './readOnlyConnection';
import { takesUris } from './takesUris';
import { withoutTraces } from './withoutTraces';

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
  return takesUris(sqlite) ? probeImmutable(path, found, sqlite) : probePlain(path, sqlite);
}

function probeImmutable(path: string, file: FileIdentity, sqlite: NativeModule): Probe {
  return readsHeader(() => readOnlyConnection(sqlite, path, file, 'immutable', 0));
}

function probePlain(path: string, sqlite: NativeModule): Probe {
  const files = databaseFiles(path);
  return files
    ? withoutTraces(sqlite, path, files, () =>
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

/** A database is a whole number of pages, and a page has at least 512 bytes. */
export function isDatabaseSize(bytes: bigint): boolean {
  return bytes >= 512n && bytes % 512n === 0n;
}
