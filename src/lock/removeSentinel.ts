import { renameSync, rmdirSync } from 'node:fs';
import { randomHex } from '../process/randomHex';

/**
 * Removes a sentinel's folder, if it is there. Where somebody put a file into it, as file managers
 * do, it is moved aside with what is in it: that is not ours to delete, and must not hold the lock.
 *
 * @param isKnown that it is a sentinel; a folder with something in it that may be none stays
 * @throws the file system's error, `ENOTEMPTY` for such a folder
 */
export function removeSentinel(path: string, isKnown: boolean): void {
  try {
    rmdirSync(path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (isKnown && ['ENOTEMPTY', 'EEXIST'].includes(code)) {
      renameSync(path, `${path}.aside.${randomHex(8)}`);
    } else if (code !== 'ENOENT') {
      throw error;
    }
  }
}
