import { readSmallFile } from '../process/readSmallFile';
import { parseCard } from './holderCard';
import type { HolderCard } from './holderCard';

const sizeLimit = 64 * 1024;

/**
 * Reads a holder's card, defensively: only a regular file, at most 64 KB.
 * @returns undefined when there is none, or none that can be read and understood
 */
export function readCard(path: string): HolderCard | undefined {
  const text = readSmallFile(path, sizeLimit);
  return text === undefined ? undefined : parseCard(text);
}
