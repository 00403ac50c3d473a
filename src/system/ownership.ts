import { lstatSync, realpathSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';

const groupWrites = 0o020;
const othersWrite = 0o002;
const sticky = 0o1000;

/** Whether a file is this process' user's. Windows has no such users: there everything is. */
export function isOurs({ uid }: Pick<Stats, 'uid'>): boolean {
  return process.geteuid === undefined || uid === process.geteuid();
}

/**
 * Whether the path of a folder leads to the same folder as long as we and root leave it alone: nobody
 * else can rename it, or a folder that it is in, and put a link in the place. Whoever can has another
 * program's file operations by path end where they like.
 */
export function isPathStable(folder: string): boolean {
  if (process.platform === 'win32') {
    return true; // there are no modes to tell it by
  }
  for (let path = realpathSync(folder); ; path = dirname(path)) {
    const found = lstatSync(path);
    const isTheirs = !isOurs(found) && found.uid !== 0;
    if (isTheirs || (mayOthersWrite(found) && !(found.mode & sticky))) {
      return false;
    }
    if (path === dirname(path)) {
      return true;
    }
  }
}

/** A group of the user's own number is theirs alone: many systems make one with each user. */
function mayOthersWrite({ mode, uid, gid }: Stats): boolean {
  return (mode & othersWrite) !== 0 || ((mode & groupWrites) !== 0 && gid !== uid);
}
