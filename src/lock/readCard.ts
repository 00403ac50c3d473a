import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { parseCard } from './holderCard';
import type { HolderCard } from './holderCard';

const sizeLimit = 64 * 1024;

// Neither a link nor a pipe is ours, and opening a pipe would wait for a writer.
const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Reads a holder's card, defensively: only a regular file, at most 64 KB.
 * @returns undefined when there is none, or none that can be read and understood
 */
export function readCard(path: string): HolderCard | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, flags);
    const { size } = fstatSync(file);
    if (!fstatSync(file).isFile() || size > sizeLimit) {
      return undefined;
    }
    const bytes = Buffer.alloc(size);
    return parseCard(bytes.toString('utf8', 0, readSync(file, bytes, 0, size, 0)));
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) {
      closeSync(file);
    }
  }
}
