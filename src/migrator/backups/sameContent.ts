import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const chunk = 1024 * 1024;

/**
 * What SQLite's backup API sets anew in a copy: the file change counter, the schema cookie, and for
 * which counter and by which version the header was written (https://www.sqlite.org/fileformat.html#the_database_header).
 */
const countersOfFile = [
  [24, 28],
  [40, 44],
  [92, 100],
] as const;

/** Whether two databases are the same, page by page. Not for files that SQLite has open here. */
export function sameContent(a: string, b: string): boolean {
  const files = [openSync(a, 'r'), openSync(b, 'r')] as const;
  try {
    const [size, other] = files.map((file) => fstatSync(file).size);
    if (size !== other) {
      return false;
    }
    const buffers = files.map(() => Buffer.alloc(Math.min(chunk, size!))) as [Buffer, Buffer];
    for (let at = 0; at < size!;) {
      const read = files.map((file, index) =>
        readSync(file, buffers[index]!, 0, Math.min(chunk, size! - at), at),
      );
      const length = Math.min(...read);
      if (at === 0) {
        buffers.forEach((buffer) =>
          countersOfFile.forEach(([from, to]) => buffer.fill(0, from, to)),
        );
      }
      if (length === 0 || buffers[0].compare(buffers[1], 0, length, 0, length) !== 0) {
        return false;
      }
      at += length;
    }
    return true;
  } finally {
    files.forEach((file) => closeSync(file));
  }
}
