import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { mkdir, open, unlink } from 'node:fs/promises';
import { LockstepError } from '../core/errors';
import { sqlName } from '../core/formats/fileNames';
import { linkTarget, readNoLink } from '../system/files';

/** Bytes. V8 has no longer strings than 512 MB, and a text is needed more than once. */
export const largestText = 128 * 1024 * 1024;

/**
 * A text file as an editor shows it: UTF-8, or UTF-16 where a byte order mark says so; the mark
 * itself is not part of the text. What is not UTF-8 becomes a lone surrogate, which is no text either,
 * so that it is noticed where it matters: it would otherwise be stored as U+FFFD.
 *
 * @param limit in bytes
 * @throws what the file system says, that it is a link to something else than SQL, or larger
 */
export function readText(path: string, limit = largestText): string {
  const bytes = readBytes(path, limit);
  if (bytes.length >= 2 && bytes[0] === 0xff && bytes[1] === 0xfe) {
    return bytes.toString('utf16le', 2);
  }
  if (bytes.length >= 2 && bytes[0] === 0xfe && bytes[1] === 0xff) {
    return bytes.subarray(2).swap16().toString('utf16le');
  }
  const decoded = bytes.toString('utf8');
  const text = isUtf8(bytes) ? decoded : decoded.replaceAll('\ufffd', '\udcff');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** What is opened is asked for its kind and size: another file may be at the path by now. */
function readBytes(path: string, limit: number): Buffer {
  const file = openText(path);
  try {
    const found = fstatSync(file);
    if (!found.isFile()) {
      throw new Error('not a regular file');
    }
    if (found.size > limit) {
      throw new Error('it has grown while it was read');
    }
    const bytes = Buffer.allocUnsafe(found.size);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(file, bytes, length, bytes.length - length, null);
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

// Opening a pipe would wait for a writer. The flag does not exist on Windows.
const flags = readNoLink | (constants.O_NONBLOCK ?? 0);

function openText(path: string): number {
  try {
    return openSync(path, flags);
  } catch (error) {
    return openSync(linkTarget(error, path, sqlName), flags);
  }
}

/**
 * Writes files that do not exist yet, all of them or none. The folder is made if it is missing.
 * @throws LockstepError `migrations.unwritable`, also where one of them exists
 */
export async function writeNewFiles(
  folder: string,
  files: readonly { readonly path: string; readonly text: string | Buffer }[],
): Promise<void> {
  const created: string[] = [];
  try {
    await mkdir(folder, { recursive: true });
    for (const { path, text } of files) {
      const file = await open(path, 'wx');
      created.push(path);
      try {
        await file.writeFile(text);
      } finally {
        await file.close();
      }
    }
  } catch (error) {
    await Promise.all(created.map((path) => unlink(path).catch(() => undefined)));
    const { message } = error as Error;
    throw new LockstepError('migrations.unwritable', { folder, message });
  }
}
