import { closeSync, fsyncSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import type { SqlJs } from 'sql.js';
import { damageOf } from './damage';
import { headerKind, setRollbackMode } from './databaseHeader';
import { translateFileErrors } from './fileError';
import type { LoadLimits } from './loadDatabase';
import { loadDatabase } from './loadDatabase';
import { MemoryConnection } from './memoryConnection';
import { sqlJsVersion } from './sqlJsVersion';

/**
 * Copies a database that nobody writes, for where there is no `node:sqlite`. What could be missing
 * from the file, a `-wal` or `-journal` beside it, is refused.
 *
 * @param to an existing empty file; durable when it returns
 * @throws LockstepError, SqliteError as `loadDatabase`
 */
export function sqlJsCopy(path: string, to: string, limits: LoadLimits): void {
  const { bytes } = loadDatabase(path, limits);
  translateFileErrors(() => {
    const file = openSync(to, 'r+');
    try {
      writeFileSync(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  });
}

/** See `damageOf`. */
export function sqlJsDamage(path: string, sqlJs: SqlJs): string | undefined {
  const bytes = translateFileErrors(() => readFileSync(path));
  if (headerKind(bytes) === 'wal') {
    setRollbackMode(bytes);
  }
  const connection = new MemoryConnection(sqlJs, sqlJsVersion(sqlJs), bytes);
  try {
    connection.exec('PRAGMA trusted_schema=0');
    return damageOf(connection);
  } finally {
    connection.close();
  }
}
