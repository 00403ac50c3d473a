import { unlinkSync } from 'node:fs';

/** Removes a file. @returns false when it was not there, or the system refused */
export function removeFileQuietly(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch {
    return false;
  }
}
