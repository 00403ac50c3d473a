import { createHash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { LockstepError } from '../core/errors';
import type { DatabaseLook } from '../core/model';
import { randomHex } from '../system/process';

/** One file as `stat` shows it. */
export interface FileState {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
}

/** A database and the files SQLite keeps beside it, as they were at one moment. */
export interface DatabaseFiles {
  readonly main: FileState;
  readonly regular: boolean;
  /** How many names it has. */
  readonly names: bigint;
  readonly wal?: FileState;
  readonly shm?: FileState;
  readonly journal?: FileState;
}

/**
 * Only ever `stat`, see `fileIdentity`.
 * @param path with all links resolved
 * @returns `undefined` when there is no database
 */
export function statDatabase(path: string): DatabaseFiles | undefined {
  const main = statSync(path, { bigint: true, throwIfNoEntry: false });
  return (
    main && {
      main: state(main),
      regular: main.isFile(),
      names: main.nlink,
      wal: stateOf(`${path}-wal`),
      shm: stateOf(`${path}-shm`),
      journal: stateOf(`${path}-journal`),
    }
  );
}

/** Whether nothing was written in between. Of `-shm` only the presence counts: readers write it. */
export function sameFiles(a: DatabaseFiles | undefined, b: DatabaseFiles | undefined): boolean {
  return (
    sameState(a?.main, b?.main) &&
    a?.names === b?.names &&
    sameState(a?.wal, b?.wal) &&
    sameState(a?.journal, b?.journal) &&
    !a?.shm === !b?.shm
  );
}

export function sameState(a: FileState | undefined, b: FileState | undefined): boolean {
  return a?.dev === b?.dev && a?.ino === b?.ino && a?.size === b?.size && a?.mtimeNs === b?.mtimeNs;
}

function stateOf(path: string): FileState | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && state(found);
}

function state({ dev, ino, size, mtimeNs }: FileState): FileState {
  return { dev, ino, size, mtimeNs };
}

/** Bytes at the start of a database (https://www.sqlite.org/fileformat.html#the_database_header). */
export const headerSize = 100;

/** `empty`: zero bytes, which SQLite takes for a database. `unknown`: from a later SQLite. */
type HeaderKind = 'empty' | 'rollback' | 'wal' | 'unknown' | 'notADatabase';

const magic = Buffer.from('SQLite format 3\0', 'latin1');
const writeVersion = 18;
const readVersion = 19;
const changeCounter = 24;
const schemaCookie = 40;
const versionValidFor = 92;
const sqliteVersion = 96;

/** A database is a whole number of pages, and a page has at least 512 bytes. */
export function isDatabaseSize(bytes: bigint): boolean {
  return bytes >= 512n && bytes % 512n === 0n;
}

/** @param bytes the start of a file, at least a whole header where the file has one */
export function headerKind(bytes: Uint8Array): HeaderKind {
  if (bytes.length === 0) {
    return 'empty';
  }
  if (bytes.length < headerSize || !magic.equals(bytes.subarray(0, magic.length))) {
    return 'notADatabase';
  }
  const versions = [bytes[writeVersion], bytes[readVersion]];
  if (versions.includes(2)) {
    return 'wal';
  }
  return versions.every((version) => version === 1) ? 'rollback' : 'unknown';
}

/**
 * Makes `bytes`, which start their counters anew, the successor of the file whose header is
 * `before`: connections that live on notice that their caches are out of date.
 */
export function advanceCounters(before: Uint8Array, bytes: Uint8Array): void {
  const [from, to] = [view(before), view(bytes)];
  const next = (at: number): number => (before.length < headerSize ? 1 : from.getUint32(at) + 1);
  to.setUint32(schemaCookie, next(schemaCookie));
  to.setUint32(changeCounter, next(changeCounter));
  to.setUint32(versionValidFor, next(changeCounter));
}

/** For a copy in memory: SQLite needs shared memory to open a database in WAL mode. */
export function setRollbackMode(bytes: Uint8Array): void {
  bytes[writeVersion] = 1;
  bytes[readVersion] = 1;
}

/** The same for two files that differ only in what every write of a database changes. */
export function contentHash(bytes: Uint8Array): string {
  const header = Uint8Array.from(bytes.subarray(0, headerSize));
  header.fill(0, writeVersion, readVersion + 1);
  for (const at of [changeCounter, schemaCookie, versionValidFor, sqliteVersion]) {
    header.fill(0, at, at + 4);
  }
  return createHash('sha256').update(header).update(bytes.subarray(headerSize)).digest('hex');
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

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

/** A regular file with something in it, and what lies beside it. */
export interface FoundFiles {
  /** All links resolved. */
  readonly path: string;
  readonly files: DatabaseFiles;
}

/** The file behind a path, or why there is nothing to open. Only `stat`; opens nothing. */
export function findFiles(path: string): FoundFiles | DatabaseLook {
  try {
    const resolved = realpathSync.native(path);
    const files = statDatabase(resolved);
    if (!files) {
      return { state: 'missing' };
    }
    if (!files.regular) {
      return { state: 'notADatabase' };
    }
    return files.main.size === 0n ? { state: 'empty', sizeBytes: 0 } : { path: resolved, files };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? { state: 'missing' }
      : { state: 'unreadable', message };
  }
}

/** Which file a path named at one moment. `dev` and `ino` name it as long as it exists. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
}

/**
 * The identity of the file behind `path`, links followed; `undefined` when there is none.
 * Only ever `stat`: opening and closing a database through `fs` would drop the locks that SQLite
 * holds on it in this process (https://www.sqlite.org/howtocorrupt.html, 2.2).
 */
export function fileIdentity(path: string): FileIdentity | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && { dev: found.dev, ino: found.ino };
}

export function sameIdentity(a: FileIdentity | undefined, b: FileIdentity | undefined): boolean {
  return a?.dev === b?.dev && a?.ino === b?.ino;
}

/**
 * Names a database's content as far as `stat` can tell: as long as it is the same, nobody has written.
 * What was written so short ago that another write could have the same time has a name that never
 * comes again. Opens nothing.
 */
export function databaseStamp(path: string): string {
  const files = statDatabase(path);
  const found = [files?.main, files?.wal, files?.journal];
  const now = BigInt(Date.now()) * 1_000_000n;
  const isFresh = found.some((file) => file && now - file.mtimeNs < fileTick(file));
  return [
    ...found.map((file) => (file ? `${file.dev} ${file.ino} ${file.size} ${file.mtimeNs}` : '-')),
    ...(isFresh ? [randomHex(16)] : []),
  ].join(', ');
}

/**
 * Nanoseconds in which two writes may have one time: the kernel's tick, which is 10 ms or less on
 * Linux and 15.6 ms on Windows, or where a file system keeps no parts of a second, up to two.
 */
export function fileTick({ mtimeNs }: FileState): bigint {
  return mtimeNs % 1_000_000_000n === 0n ? 2_000_000_000n : 20_000_000n;
}

/** Whether a path is the folder itself or lies somewhere below it. Both absolute. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/**
 * Creates a database as SQLite does: with no bytes. Nothing happens where there is a file, which is
 * not opened even for a moment, see `fileIdentity`.
 */
export function createIfMissing(path: string, mode: number): void {
  try {
    closeSync(openSync(path, 'wx', mode));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
  }
}

/** Blocks this thread. Only for threads that do nothing but SQL. */
export function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
