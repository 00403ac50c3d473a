import {
  closeSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { SqliteError } from '../../core/connection';
import { LockstepError } from '../../core/errors';
import {
  contentHash,
  statDatabase,
  type FileIdentity,
  headerKind,
  headerSize,
  advanceCounters,
  sameFiles,
} from '../databaseFile';
import { translateFileErrors } from '../errors';
import { type Claim, claimSuffix } from './claim';
import type { JournalWait, FileUseWait } from './fileUseWait';

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
  before: DatabaseFingerprint,
  bytes: Uint8Array,
  claim: Claim,
  use: FileUseWait,
): DatabaseFingerprint {
  advanceCounters(before.header, bytes);
  const created = path + claimSuffix.new + claim.token;
  translateFileErrors(() => {
    try {
      writeBeside(created, path, bytes);
      const files = statDatabase(path);
      assertUnchanged(path, isUnchanged(path, before));
      use.outlast();
      assertUnchanged(path, sameFiles(files, statDatabase(path)) && claim.isAlone());
      renameSync(created, path);
    } catch (error) {
      rmSync(created, { force: true });
      throw error;
    }
  });
  syncFolder(dirname(path));
  return fingerprint(bytes);
}

function assertUnchanged(path: string, still: boolean): void {
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

/** A database file as it was read: what sql.js works on, and what to know it again by. */
export interface LoadedDatabase {
  readonly bytes: Uint8Array;
  readonly print: DatabaseFingerprint;
  readonly identity: FileIdentity;
}

/** Names a file's content; equal prints, same content. sql.js writes into the bytes, not in here. */
export interface DatabaseFingerprint {
  /** A copy. */
  readonly header: Uint8Array;
  readonly hash: string;
}

export interface LoadLimits {
  /** Bytes; sql.js needs twice as much memory. */
  readonly ceiling: number;
  readonly journalWait: JournalWait;
  readonly use: FileUseWait;
}

/**
 * Reads a whole database that may be replaced afterwards.
 *
 * Through `fs`, so never in a process in which SQLite has the file open, see `fileIdentity`.
 *
 * @throws LockstepError `writer.refused` where replacing it would lose data: whatever is in a `-wal`
 *   or a `-journal` belongs to the file, and a second name would keep the old one;
 *   `database.replaced` when it is gone
 * @throws SqliteError 5 while somebody writes, 26 when it is not a database
 */
export function loadDatabase(path: string, { ceiling, journalWait }: LoadLimits): LoadedDatabase {
  const files = translateFileErrors(() => statDatabase(path));
  if (!files) {
    throw new LockstepError('database.replaced', { path });
  }
  if (!files.regular) {
    throw new LockstepError('database.notADatabase', { path });
  }
  if (files.journal && !journalWait.isOver(files.journal)) {
    throw new SqliteError('database is locked', 5);
  }
  refuseIf(files.journal, path, 'journal');
  refuseIf(files.wal, path, 'wal');
  refuseIf(files.names > 1n, path, 'hardLinks');
  refuseIf(files.main.size > ceiling, path, 'size');
  const bytes = translateFileErrors(() => readFileSync(path));
  if (!sameFiles(files, statDatabase(path))) {
    throw new SqliteError('database is locked', 5);
  }
  const kind = headerKind(bytes);
  if (kind === 'notADatabase') {
    throw new SqliteError('file is not a database', 26);
  }
  refuseIf(kind === 'wal', path, 'walHeader');
  refuseIf(kind === 'unknown', path, 'unknownHeader');
  return { bytes, print: fingerprint(bytes), identity: files.main };
}

function fingerprint(bytes: Uint8Array): DatabaseFingerprint {
  return { header: Uint8Array.from(bytes.subarray(0, headerSize)), hash: contentHash(bytes) };
}

export function sameFingerprint(a: DatabaseFingerprint, b: DatabaseFingerprint): boolean {
  return a.hash === b.hash && Buffer.compare(a.header, b.header) === 0;
}

/** Whether the file is still what was read, and nobody is about to write it. */
export function isUnchanged(path: string, print: DatabaseFingerprint): boolean {
  const files = statDatabase(path);
  if (!files?.regular || files.names > 1n || files.wal || files.journal) {
    return false;
  }
  const now = fingerprint(readFileSync(path));
  return sameFingerprint(now, print) && sameFiles(files, statDatabase(path));
}

function refuseIf(reason: unknown, path: string, name: string): void {
  if (reason) {
    throw new LockstepError('writer.refused', { path, reason: name });
  }
}
