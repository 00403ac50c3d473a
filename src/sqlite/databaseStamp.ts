import { randomHex } from '../process/randomHex';
import { databaseFiles } from './databaseFiles';
import { fileTick } from './fileTick';

/**
 * Names a database's content as far as `stat` can tell: as long as it is the same, nobody has written.
 * What was written so short ago that another write could have the same time has a name that never
 * comes again. Opens nothing.
 */
export function databaseStamp(path: string): string {
  const files = databaseFiles(path);
  const found = [files?.main, files?.wal, files?.journal];
  const now = BigInt(Date.now()) * 1_000_000n;
  const isFresh = found.some((file) => file && now - file.mtimeNs < fileTick(file));
  return [
    ...found.map((file) => (file ? `${file.dev} ${file.ino} ${file.size} ${file.mtimeNs}` : '-')),
    ...(isFresh ? [randomHex(16)] : []),
  ].join(', ');
}
