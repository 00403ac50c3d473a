import {
  fchmodSync,
  fchownSync,
  fstatSync,
  lstatSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
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

/**
 * Lets those read and write a file of ours who may read and write the database: it may hold the same.
 * What root makes goes to the database's owner, who is to go on with it. Best effort; where there is no
 * database the file stays as it is.
 *
 * @param file open, in the database's folder or below it
 * @param database canonical path
 */
export function mirrorAccess(file: number, database: string): void {
  if (process.platform === 'win32') {
    return; // the folder's rights are inherited
  }
  const data = statSync(database, { throwIfNoEntry: false });
  const before = fstatSync(file);
  if (!data || (!before.isDirectory() && before.nlink > 1)) {
    return;
  }
  const uid = before.uid === 0 ? data.uid : before.uid;
  if (isOurs(before) && (before.uid !== uid || before.gid !== data.gid)) {
    quietly(() => fchownSync(file, uid, data.gid));
  }
  const now = fstatSync(file);
  // What the database lets its group do is not for another group.
  const bits = now.gid === data.gid ? data.mode : data.mode & ~0o070;
  const mode = now.isDirectory()
    ? now.mode | folderMode(bits, now, statSync(dirname(database)))
    : (bits & 0o666) | 0o600;
  if ((now.mode & 0o7777) !== (mode & 0o7777)) {
    quietly(() => fchmodSync(file, mode & 0o7777));
  }
}

/** Several databases may share it, so it is only ever opened to more; to writers of a team's folder. */
function folderMode(bits: number, { gid }: Stats, parent: Stats): number {
  const readers = bits & 0o444;
  const isTeams = parent.gid === gid && !(parent.mode & sticky);
  return 0o700 | readers | (readers >> 2) | (isTeams ? bits & parent.mode & groupWrites : 0);
}

function quietly(change: () => void): void {
  try {
    change();
  } catch {
    // Another of those who share the database owns it, or the file system has no modes.
  }
}
