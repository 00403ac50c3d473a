import { readFileSync } from 'node:fs';
import { SqliteError } from '../core/connection';
import { LockstepError } from '../core/errors';
import { databaseFiles, sameFiles } from './databaseFiles';
import { contentHash, headerKind, headerSize } from './databaseHeader';
import { translateFileErrors } from './fileError';
import type { FileIdentity } from './fileIdentity';
import type { JournalPatience } from './journalPatience';
import type { UsePatience } from './usePatience';

/** A database file as it was read: what sql.js works on, and what to know it again by. */
export interface LoadedDatabase {
  readonly bytes: Uint8Array;
  readonly print: DatabasePrint;
  readonly identity: FileIdentity;
}

/** Names a file's content; equal prints, same content. sql.js writes into the bytes, not in here. */
export interface DatabasePrint {
  /** A copy. */
  readonly header: Uint8Array;
  readonly hash: string;
}

export interface LoadLimits {
  /** Bytes; sql.js needs twice as much memory. */
  readonly ceiling: number;
  readonly patience: JournalPatience;
  readonly use: UsePatience;
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
export function loadDatabase(path: string, { ceiling, patience }: LoadLimits): LoadedDatabase {
  const files = translateFileErrors(() => databaseFiles(path));
  if (!files) {
    throw new LockstepError('database.replaced', { path });
  }
  if (!files.regular) {
    throw new LockstepError('database.notADatabase', { path });
  }
  if (files.journal && !patience.isOver(files.journal)) {
    throw new SqliteError('database is locked', 5);
  }
  refuseIf(files.journal, path, 'journal');
  refuseIf(files.wal, path, 'wal');
  refuseIf(files.names > 1n, path, 'hardLinks');
  refuseIf(files.main.size > ceiling, path, 'size');
  const bytes = translateFileErrors(() => readFileSync(path));
  if (!sameFiles(files, databaseFiles(path))) {
    throw new SqliteError('database is locked', 5);
  }
  const kind = headerKind(bytes);
  if (kind === 'notADatabase') {
    throw new SqliteError('file is not a database', 26);
  }
  refuseIf(kind === 'wal', path, 'walHeader');
  refuseIf(kind === 'unknown', path, 'unknownHeader');
  return { bytes, print: databasePrint(bytes), identity: files.main };
}

export function databasePrint(bytes: Uint8Array): DatabasePrint {
  return { header: Uint8Array.from(bytes.subarray(0, headerSize)), hash: contentHash(bytes) };
}

export function samePrint(a: DatabasePrint, b: DatabasePrint): boolean {
  return a.hash === b.hash && Buffer.compare(a.header, b.header) === 0;
}

/** Whether the file is still what was read, and nobody is about to write it. */
export function isStill(path: string, print: DatabasePrint): boolean {
  const files = databaseFiles(path);
  if (!files?.regular || files.names > 1n || files.wal || files.journal) {
    return false;
  }
  const now = databasePrint(readFileSync(path));
  return samePrint(now, print) && sameFiles(files, databaseFiles(path));
}

function refuseIf(reason: unknown, path: string, name: string): void {
  if (reason) {
    throw new LockstepError('writer.refused', { path, reason: name });
  }
}
