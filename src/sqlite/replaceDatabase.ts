import {
  closeSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { LockstepError } from '../core/errors';
import type { Claim } from './claim';
import { claimSuffix } from './claimFiles';
import { databaseFiles, sameFiles } from './databaseFiles';
import { moveCountersOn } from './databaseHeader';
import { translateFileErrors } from './fileError';
import type { DatabasePrint } from './loadDatabase';
import { databasePrint, isStill } from './loadDatabase';
import type { UsePatience } from './usePatience';

/**
 * Puts new content in the place of a database file, at once and durably: a reader sees the old or
 * the new file, whole, also after a power failure. Mode, owner and group are kept.
 *
 * @param path with all links resolved: a link would be replaced by the file
 * @param before what the new content was made from
 * @param bytes the new content, as sql.js exports it; its counters are set
 * @throws LockstepError `database.replaced` when the file is no longer `before`, or somebody else
 *   took the claim; `writer.refused` while another program uses it, or where its owner cannot be
 *   kept; nothing has been written then
 */
export function replaceDatabase(
  path: string,
  before: DatabasePrint,
  bytes: Uint8Array,
  claim: Claim,
  use: UsePatience,
): DatabasePrint {
  moveCountersOn(before.header, bytes);
  const created = path + claimSuffix.new + claim.token;
  translateFileErrors(() => {
    try {
      writeBeside(created, path, bytes);
      const files = databaseFiles(path);
      assertStill(path, isStill(path, before));
      use.outlast();
      assertStill(path, sameFiles(files, databaseFiles(path)) && claim.isAlone());
      renameSync(created, path);
    } catch (error) {
      rmSync(created, { force: true });
      throw error;
    }
  });
  syncFolder(dirname(path));
  return databasePrint(bytes);
}

function assertStill(path: string, still: boolean): void {
  if (!still) {
    throw new LockstepError('database.replaced', { path });
  }
}

function writeBeside(created: string, path: string, bytes: Uint8Array): void {
  const old = statOfWritable(path);
  const file = openSync(created, 'wx', 0o600);
  try {
    writeFileSync(file, bytes);
    if (!keepsOwner(file, old)) {
      throw new LockstepError('writer.refused', { path, reason: 'owner' });
    }
    fchmodSync(file, old.mode & 0o7777);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A file may be replaced where it may not be written; SQLite would refuse, so do we. */
function statOfWritable(path: string): Stats {
  if (!existsSync(path)) {
    throw new LockstepError('database.replaced', { path });
  }
  const file = openSync(path, 'r+');
  try {
    return fstatSync(file);
  } finally {
    closeSync(file);
  }
}

/** Only a privileged process may give files away; others choose among their groups. */
function keepsOwner(file: number, { uid, gid }: Stats): boolean {
  if (process.platform === 'win32') {
    return true;
  }
  try {
    fchownSync(file, uid, gid);
  } catch {
    // What counts is what it comes to: some file systems give all files to one owner.
  }
  const now = fstatSync(file);
  return now.uid === uid && now.gid === gid;
}

/** Makes the rename durable. Windows cannot open folders and has no need to. */
function syncFolder(folder: string): void {
  try {
    const opened = openSync(folder, 'r');
    try {
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
  } catch {
    // Not every file system syncs folders; the content is complete either way.
  }
}
