import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { mkdir, open, unlink } from 'node:fs/promises';
import { LockstepError } from '../core/errors';
import { sqlName } from '../core/formats/fileNames';
import { linkTarget, readNoLink } from '../system/files';

/**
 * A text file as an editor shows it: UTF-8, or UTF-16 where a byte order mark says so; the mark
 * itself is not part of the text. What is not UTF-8 becomes a lone surrogate, which is no text either,
 * so that it is noticed where it matters: it would otherwise be stored as U+FFFD.
 *
 * @throws what the file system says, or that it is a link to something else than SQL
 */
export function readText(path: string): string {
  const bytes = readBytes(path);
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

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path, { flag: readNoLink });
  } catch (error) {
    return readFileSync(linkTarget(error, path, sqlName));
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
