import { statSync } from 'node:fs';
import { SqliteError } from '../core/connection';
import type { Probe } from './lookResult';
import type { NativeModule } from './nativeSqlite';
import { readOnlyConnection } from './readOnlyConnection';

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
  try {
    const connection = readOnlyConnection(sqlite, path, found, 'immutable', 0);
    try {
      connection.get('PRAGMA schema_version');
    } finally {
      connection.close();
    }
    return 'database';
  } catch (error) {
    if (error instanceof SqliteError) {
      return 'no';
    }
    throw error;
  }
}

/** A database is a whole number of pages, and a page has at least 512 bytes. */
export function isDatabaseSize(bytes: bigint): boolean {
  return bytes >= 512n && bytes % 512n === 0n;
}
