import type { FileState } from './databaseFiles';

/**
 * Nanoseconds in which two writes may have one time: the kernel's tick, which is 10 ms or less on
 * Linux and 15.6 ms on Windows, or where a file system keeps no parts of a second, up to two.
 */
export function fileTick({ mtimeNs }: FileState): bigint {
  return mtimeNs % 1_000_000_000n === 0n ? 2_000_000_000n : 20_000_000n;
}
