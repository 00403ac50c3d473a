import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { FileAccess, FileAccessCheck } from '../core/run/runRequest';
import { canonicalPath, fileIdentity, isInside, sameIdentity } from './databaseFile';

/**
 * Which files SQL may access that runs on a database. Links are followed, as SQLite does.
 * @param database canonical path
 */
export function fileAccessCheck(
  database: string,
  access: FileAccess = { folders: [] },
): FileAccessCheck {
  const folders =
    access === 'anywhere' ? undefined : [dirname(database), ...access.folders.flatMap(realFolder)];
  return (file) => {
    if (file === '' || file === ':memory:') {
      return undefined;
    }
    if (/^file:/i.test(file)) {
      return 'uri';
    }
    const path = tryCanonical(file);
    if (path !== undefined && belongsTo(database, path)) {
      return 'itself';
    }
    if (!folders) {
      return undefined;
    }
    return path !== undefined && folders.some((folder) => isInside(folder, path))
      ? undefined
      : 'outside';
  };
}

/** The database, by whatever name, its journal or its WAL. */
function belongsTo(database: string, path: string): boolean {
  const file = fileIdentity(path);
  return (
    ['', '-journal', '-wal', '-shm'].some((suffix) => path === database + suffix) ||
    (file !== undefined && sameIdentity(file, fileIdentity(database)))
  );
}

function realFolder(folder: string): string[] {
  try {
    return [realpathSync.native(folder)];
  } catch {
    return [];
  }
}

/** Undefined where SQLite could not open it either. */
function tryCanonical(file: string): string | undefined {
  try {
    return canonicalPath(resolve(file));
  } catch {
    return undefined;
  }
}
