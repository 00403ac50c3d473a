import type { DatabaseSync } from 'node:sqlite';
import { SqliteError } from '../core/connection';
import { translateErrors } from './nativeError';
import type { NativeModule } from './nativeSqlite';

/** Bytes copied at a time: less than SQLite caches, so that nothing reaches the file in one step. */
const stepBytes = 1024 * 1024;

/**
 * Copies a database over another, or into a new file, through SQLite's backup API
 * (https://www.sqlite.org/backup.html): into the file that is there, under its locks, as one
 * transaction of it.
 *
 * @param proceed called after each step but the last, so at least once where there are two pages;
 *   what it throws undoes everything
 * @throws SqliteError 5 when either database is locked
 */
export async function nativeBackup(
  source: DatabaseSync,
  to: string,
  sqlite: NativeModule,
  proceed: () => void,
): Promise<void> {
  const { pages, size } = translateErrors(
    () =>
      source
        .prepare(
          'SELECT page_count AS pages, page_size AS size FROM pragma_page_count, pragma_page_size',
        )
        .get() as { pages: number; size: number },
  );
  const rate = Math.max(1, Math.min(Math.floor(stepBytes / size), Math.ceil(pages / 2)));
  try {
    await sqlite.backup(source, to, { rate, progress: proceed });
  } catch (error) {
    throw asSqliteError(error);
  }
}

/** Node tells of a locked database with the code 0, "not an error". */
function asSqliteError(error: unknown): unknown {
  try {
    return translateErrors(() => {
      throw error;
    });
  } catch (translated) {
    return translated instanceof SqliteError && translated.code === 0
      ? new SqliteError('database is locked', 5)
      : translated;
  }
}
