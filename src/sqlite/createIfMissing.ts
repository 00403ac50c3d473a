import { closeSync, openSync } from 'node:fs';

/**
 * Creates a database as SQLite does: with no bytes. Nothing happens where there is a file, which is
 * not opened even for a moment, see `fileIdentity`.
 */
export function createIfMissing(path: string, mode: number): void {
  try {
    closeSync(openSync(path, 'wx', mode));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
  }
}
