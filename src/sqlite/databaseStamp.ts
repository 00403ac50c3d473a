import { databaseFiles } from './databaseFiles';

/**
 * Names a database's content as far as `stat` can tell: as long as it is the same, nobody has written,
 * but for what is written within the same tick of the file system's clock. Opens nothing.
 */
export function databaseStamp(path: string): string {
  const files = databaseFiles(path);
  return [files?.main, files?.wal, files?.journal]
    .map((file) => (file ? `${file.dev} ${file.ino} ${file.size} ${file.mtimeNs}` : '-'))
    .join(', ');
}
