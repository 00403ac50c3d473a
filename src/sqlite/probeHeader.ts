import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { headerKind, headerSize } from './databaseHeader';
import type { Probe } from './lookResult';
import { isDatabaseSize } from './probe';

/**
 * Whether a file is a SQLite database, by size and header: for processes without `node:sqlite`.
 * Through `fs`, so never in a process in which SQLite has the file open, see `fileIdentity`.
 */
export function probeHeader(path: string): Probe {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (!found?.isFile()) {
    return 'no';
  }
  if (found.size === 0n) {
    return 'empty';
  }
  try {
    const isDatabase =
      isDatabaseSize(found.size) && headerKind(readHeader(path)) !== 'notADatabase';
    return isDatabase ? 'database' : 'no';
  } catch {
    return 'no';
  }
}

function readHeader(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const header = new Uint8Array(headerSize);
    readSync(file, header, 0, headerSize, 0);
    return header;
  } finally {
    closeSync(file);
  }
}
