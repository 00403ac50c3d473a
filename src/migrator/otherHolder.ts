import type { Holder } from '../core/holder';
import { lockPaths } from '../lock/lockPaths';
import { readCard } from '../lock/readCard';

/**
 * The card of whoever else holds the sentinel of a database now.
 * @param path canonical path of the database
 * @param token of our own lock, where we have one
 */
export function otherHolder(path: string, token: string | undefined): Holder | undefined {
  const holder = readCard(lockPaths(path).card)?.holder;
  return holder?.token === token ? undefined : holder;
}
