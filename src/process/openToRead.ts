import { closeSync, constants, fstatSync, openSync } from 'node:fs';

// Opening a pipe would wait for a writer. Neither flag exists on Windows.
const patient = constants.O_NONBLOCK ?? 0;
const noLinks = constants.O_NOFOLLOW ?? 0;

/**
 * Opens a file to read that anybody may have put there.
 * @param links `follow` where the person may well have linked it
 * @returns undefined where there is none, or no regular one
 */
export function openToRead(
  path: string,
  links: 'refuse' | 'follow' = 'refuse',
): number | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | patient | (links === 'refuse' ? noLinks : 0));
  } catch {
    return undefined;
  }
  if (!fstatSync(file).isFile()) {
    closeSync(file);
    return undefined;
  }
  return file;
}
