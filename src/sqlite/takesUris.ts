import type { NativeModule } from './nativeSqlite';

/**
 * Whether `node:sqlite` understands `file:` URIs (https://www.sqlite.org/uri.html); that of Node 22.14
 * and older takes them for paths, here one in a folder that does not exist.
 */
export function takesUris(sqlite: NativeModule): boolean {
  try {
    new sqlite.DatabaseSync('file:lockstep/no such folder/a?mode=memory').close();
    return true;
  } catch {
    return false;
  }
}
