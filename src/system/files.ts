import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
} from 'node:fs';
import { basename } from 'node:path';

/** To open a file that anybody may have put there without being led elsewhere. */
export const readNoLink = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

/**
 * Where a link leads that was not followed. Only to a file of an expected name: opening and closing a
 * database would drop the locks that SQLite holds on it in this process
 * (https://www.sqlite.org/howtocorrupt.html, 2.2), and git carries links.
 *
 * @param refusal what opening with {@link readNoLink} threw
 * @throws that, where it was no link; else why it is not followed
 */
export function linkTarget(refusal: unknown, path: string, expected: RegExp): string {
  const { code } = refusal as NodeJS.ErrnoException;
  if (code !== 'ELOOP' && code !== 'EMLINK') {
    throw refusal;
  }
  const target = realpathSync(path);
  if (!expected.test(basename(target))) {
    throw new Error(`a link to ${basename(target)}`);
  }
  return target;
}

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

const appendFlags =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  (constants.O_NOFOLLOW ?? 0) |
  (constants.O_NONBLOCK ?? 0);

/**
 * Opens a file of ours to write at its end, and makes it, for nobody else to read. A link that
 * somebody put in its place would have us write somewhere else, a pipe would have us wait.
 * @throws what the file system says, or that it is no regular file
 */
export function openToAppend(path: string): number {
  const file = openSync(path, appendFlags, 0o600);
  const found = fstatSync(file);
  if (!found.isFile() || found.nlink > 1) {
    closeSync(file);
    throw new Error(
      found.isFile() ? `a file with another name, too: ${path}` : `not a regular file: ${path}`,
    );
  }
  return file;
}

const createFlags =
  constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

/**
 * Makes a file that nobody else may read, and opens it. What its name leads to later need not be this
 * file any more, see {@link isAt}: so it is written and given its mode by what is returned.
 * @throws what the file system says, `EEXIST` where the name is taken
 */
export function createPrivate(path: string): number {
  return openSync(path, createFlags, 0o600);
}

/** Whether an open file is what a name leads to now, without following a link. */
export function isAt(file: number, path: string): boolean {
  const [is, found] = [
    fstatSync(file, { bigint: true }),
    lstatSync(path, { bigint: true, throwIfNoEntry: false }),
  ];
  return found?.ino === is.ino && found.dev === is.dev;
}
