import { realpathSync } from 'node:fs';
import type { DatabaseLook } from '../core/status';
import type { DatabaseFiles } from './databaseFiles';
import { databaseFiles } from './databaseFiles';

/** A regular file with something in it, and what lies beside it. */
export interface FoundFiles {
  /** All links resolved. */
  readonly path: string;
  readonly files: DatabaseFiles;
}

/** The file behind a path, or why there is nothing to open. Only `stat`; opens nothing. */
export function findFiles(path: string): FoundFiles | DatabaseLook {
  try {
    const resolved = realpathSync.native(path);
    const files = databaseFiles(resolved);
    if (!files) {
      return { state: 'missing' };
    }
    if (!files.regular) {
      return { state: 'notADatabase' };
    }
    return files.main.size === 0n ? { state: 'empty', sizeBytes: 0 } : { path: resolved, files };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? { state: 'missing' }
      : { state: 'unreadable', message };
  }
}
