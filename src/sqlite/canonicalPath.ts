import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { LockstepError } from '../core/errors';

/**
 * The one name of a database, whether or not it exists: all links resolved, the last one too, since
 * SQLite keeps `-wal` and `-journal` beside the file a link leads to. A dangling link leads to the
 * file that opening it would create.
 *
 * @throws LockstepError `database.folderMissing` when there is no folder to create it in,
 *   `database.io` when links go round in circles or a folder may not be searched
 */
export function canonicalPath(path: string): string {
  return follow(resolve(path), path, 40);
}

function follow(path: string, asked: string, linksLeft: number): string {
  const existing = attempt(() => realpathSync.native(path), asked);
  if (existing !== undefined) {
    return existing;
  }
  const folder = attempt(() => realpathSync.native(dirname(path)), asked);
  if (folder === undefined || !statSync(folder).isDirectory()) {
    throw new LockstepError('database.folderMissing', { path: asked });
  }
  const file = join(folder, basename(path));
  const isLink = attempt(() => lstatSync(file), asked)?.isSymbolicLink() ?? false;
  if (!isLink) {
    return file;
  }
  if (linksLeft === 0) {
    throw new LockstepError('database.io', { path: asked, message: 'too many symbolic links' });
  }
  return follow(resolve(folder, readlinkSync(file)), asked, linksLeft - 1);
}

/** `undefined` where nothing is there. */
function attempt<T>(read: () => T, asked: string): T | undefined {
  try {
    return read();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return undefined;
    }
    throw new LockstepError('database.io', { path: asked, message });
  }
}
