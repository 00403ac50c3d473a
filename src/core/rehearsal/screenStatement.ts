import { LockstepError } from '../errors';
import { reachedFile } from '../sql/reachedFile';

/**
 * Stops what depends on files beside the database, or would make some: on a copy it means something
 * else. A database in memory or without a name is no such file.
 *
 * @param sql one statement
 * @throws LockstepError `rehearsal.cannot`
 */
export function screenStatement(sql: string): void {
  const file = reachedFile(sql);
  if (file && file.name !== '' && file.name !== ':memory:') {
    const [word] = /^\w+/.exec(sql) ?? [''];
    throw new LockstepError('rehearsal.cannot', { reason: 'file', detail: word.toUpperCase() });
  }
}
