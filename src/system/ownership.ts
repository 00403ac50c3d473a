import { lstatSync, realpathSync, type Stats, statSync } from 'node:fs';
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

/**
 * Why what is in a folder beside a database cannot be relied on, and nothing may be written there:
 * somebody made it, or may write in it, who may not write in the database.
 *
 * @param found the folder itself, not what a link leads to
 * @param database canonical path
 * @returns undefined where it can
 */
export function distrustOf(folder: string, found: Stats, database: string): string | undefined {
  if (process.platform === 'win32') {
    return undefined;
  }
  const data = statSync(database, { throwIfNoEntry: false });
  const parent = statSync(dirname(database));
  if (!isMadeByWriter(found, data, parent)) {
    return `${folder} belongs to another user (${found.uid})`;
  }
  const forOthers = found.mode & othersWrite && !(data && data.mode & othersWrite);
  const forGroup = found.mode & groupWrites && found.gid !== found.uid;
  // Whoever may rename the folder can do no more by writing in it.
  const isGroupTrusted =
    (data?.gid === found.gid && data.mode & groupWrites) ||
    (parent.gid === found.gid && parent.mode & groupWrites && !(parent.mode & sticky));
  return forOthers || (forGroup && !isGroupTrusted)
    ? `others may write in ${folder} who may not write in the database; chmod go-w takes that from them`
    : undefined;
}

function isMadeByWriter(found: Stats, data: Stats | undefined, parent: Stats): boolean {
  if (isOurs(found) || found.uid === 0 || found.uid === data?.uid) {
    return true;
  }
  if (!data || data.mode & othersWrite) {
    return data !== undefined;
  }
  // A team's: only its members could make the folder, and they may write in the database.
  const writes = data.mode & parent.mode & groupWrites;
  return writes !== 0 && data.gid === parent.gid && !(parent.mode & othersWrite);
}

/** A group of the user's own number is theirs alone: many systems make one with each user. */
function mayOthersWrite({ mode, uid, gid }: Stats): boolean {
  return (mode & othersWrite) !== 0 || ((mode & groupWrites) !== 0 && gid !== uid);
}
