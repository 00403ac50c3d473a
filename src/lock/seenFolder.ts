import { lstatSync } from 'node:fs';

/** The sentinel's folder as it was seen. */
export interface SeenFolder {
  /**
   * Inode and birth time. The inode alone would not do: ext4 gives the next folder the same one.
   */
  readonly id: string;
  /** Changes with every sign of life. */
  readonly pulse: string;
  /** When it last changed, by the file system's own clock, in Unix milliseconds. */
  readonly changedMs: number;
}

/**
 * @returns undefined where there is none
 * @throws the file system's error; `ENOTDIR` where something that is not a folder is in the place
 *   (a link to one counts as such: it is not ours)
 */
export function seeFolder(path: string): SeenFolder | undefined {
  const seen = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (seen && !seen.isDirectory()) {
    throw Object.assign(new Error(`ENOTDIR: not a folder, lstat '${path}'`), {
      code: 'ENOTDIR',
      path,
    });
  }
  return (
    seen && {
      id: `${seen.ino}-${seen.birthtimeNs}`,
      pulse: `${seen.mtimeNs}`,
      changedMs: Number(seen.ctimeNs) / 1e6,
    }
  );
}
