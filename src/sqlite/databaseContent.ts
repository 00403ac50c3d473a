import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NativeConnection } from './nativeConnection';

/** A connection's database as bytes; a transaction that only reads may be open, and is ended. */
export function databaseContent(connection: NativeConnection): Uint8Array {
  return connection.serialize() ?? throughFile(connection);
}

/**
 * For a Node whose SQLite does not serialize: through a file of ours that is gone at once. Unlike
 * `backup()`, which some of them lack as well, VACUUM INTO is synchronous, needs one read transaction
 * however busy the database is, and leaves no `-journal`
 * (https://www.sqlite.org/lang_vacuum.html#vacuum_with_an_into_clause).
 */
function throughFile(connection: NativeConnection): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-copy-'));
  try {
    const file = join(folder, 'copy.db');
    if (connection.inTransaction) {
      connection.exec('ROLLBACK');
    }
    connection.exec(`VACUUM INTO '${file.replaceAll("'", "''")}'`);
    return Uint8Array.from(readFileSync(file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
