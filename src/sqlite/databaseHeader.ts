import { createHash } from 'node:crypto';

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

/** @param bytes the start of a file, at least a whole header where the file has one */
export function headerKind(bytes: Uint8Array): HeaderKind {
  if (bytes.length === 0) {
    return 'empty';
  }
  if (bytes.length < headerSize || !magic.equals(bytes.subarray(0, magic.length))) {
    return 'notADatabase';
  }
  const versions = [bytes[writeVersion]!, bytes[readVersion]!];
  if (versions.includes(2)) {
    return 'wal';
  }
  return versions.every((version) => version === 1) ? 'rollback' : 'unknown';
}

/**
 * Makes `bytes`, which start their counters anew, the successor of the file whose header is
 * `before`: connections that live on notice that their caches are out of date.
 */
export function moveCountersOn(before: Uint8Array, bytes: Uint8Array): void {
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
