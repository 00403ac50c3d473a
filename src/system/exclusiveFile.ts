import { constants, copyFileSync, linkSync, unlinkSync, writeFileSync } from 'node:fs';

/** File systems without hard links (FAT, some network shares) say one of these. */
const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV', 'EINVAL']);

/**
 * Gives a finished file a second name, unless that name is taken: of several processes one
 * succeeds, and nobody ever sees the name with half of the content. (On a file system without hard
 * links it is a copy, and for a moment the content may be incomplete.)
 *
 * @returns false when the name is taken
 */
export function linkExclusive(from: string, to: string): boolean {
  try {
    return untilTaken(() => linkSync(from, to));
  } catch (error) {
    if (!noLinks.has(codeOf(error))) {
      throw error;
    }
    return untilTaken(() => copyFileSync(from, to, constants.COPYFILE_EXCL));
  }
}

function untilTaken(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

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
    if (codeOf(error) !== 'EEXIST') {
      throw error;
    }
    removeFileQuietly(path);
    write();
  }
}

/** Removes a file. @returns false when it was not there, or the system refused */
export function removeFileQuietly(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch {
    return false;
  }
}
