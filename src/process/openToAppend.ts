import { closeSync, constants, fstatSync, openSync } from 'node:fs';

const appendFlags =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  (constants.O_NOFOLLOW ?? 0) |
  (constants.O_NONBLOCK ?? 0);

/**
 * Opens a file of ours to write at its end, and makes it. A link that somebody put in its place would
 * have us write somewhere else, a pipe would have us wait.
 * @throws what the file system says, or that it is no regular file
 */
export function openToAppend(path: string): number {
  const file = openSync(path, appendFlags, 0o666);
  if (!fstatSync(file).isFile()) {
    closeSync(file);
    throw new Error(`not a regular file: ${path}`);
  }
  return file;
}
