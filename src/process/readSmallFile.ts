import { closeSync, fstatSync, readSync } from 'node:fs';
import { openToRead } from './openToRead';

/**
 * Reads a file that anybody may have put there: a regular one of at most `limit` bytes.
 * @param linked see {@link openToRead}
 * @returns undefined where there is none, or something else, or more
 */
export function readSmallFile(path: string, limit: number, linked?: RegExp): string | undefined {
  const file = openToRead(path, linked);
  if (file === undefined) {
    return undefined;
  }
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, limit));
    return size > limit ? undefined : bytes.toString('utf8', 0, readSync(file, bytes, 0, size, 0));
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}
