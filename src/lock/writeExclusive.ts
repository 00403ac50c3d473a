import { writeFileSync } from 'node:fs';
import { removeFileQuietly } from './removeQuietly';

/**
 * Writes a file that is ours alone. Its name can be told from our card, so somebody may have put a
 * link there that leads to a file of ours: whatever is there goes first.
 *
 * @throws the file system's error
 */
export function writeExclusive(path: string, text: string): void {
  const write = (): void => writeFileSync(path, text, { flag: 'wx' });
  try {
    write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
    removeFileQuietly(path);
    write();
  }
}
