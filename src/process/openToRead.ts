import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { linkTarget, readNoLink } from './linkTarget';

// Opening a pipe would wait for a writer. The flag does not exist on Windows.
const readFlags = readNoLink | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a file to read that anybody may have put there.
 * @param linked the names of files that a link may lead to, where the person may well have linked it
 * @returns undefined where there is none, or no regular one
 */
export function openToRead(path: string, linked?: RegExp): number | undefined {
  let file: number;
  try {
    file = open(path, linked);
  } catch {
    return undefined;
  }
  if (!fstatSync(file).isFile()) {
    closeSync(file);
    return undefined;
  }
  return file;
}

function open(path: string, linked: RegExp | undefined): number {
  try {
    return openSync(path, readFlags);
  } catch (error) {
    if (!linked) {
      throw error;
    }
    return openSync(linkTarget(error, path, linked), readFlags);
  }
}
