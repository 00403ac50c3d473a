import { rmdirSync, unlinkSync } from 'node:fs';

/** Removes a file. @returns false when it was not there, or the system refused */
export function removeFileQuietly(path: string): boolean {
  return quietly(() => unlinkSync(path));
}

/** Removes an empty folder. @returns false when it was not there, or the system refused */
export function removeFolderQuietly(path: string): boolean {
  return quietly(() => rmdirSync(path));
}

function quietly(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}
