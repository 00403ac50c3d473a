import type { DatabaseThread } from '../databaseThread';
import type { CopyAnswer } from '../threadMessages';
import type { RehearsalRequest } from './rehearsalRequest';

/** What a rehearsal works on. */
export async function copyFor(
  { target, limits, from }: Pick<RehearsalRequest, 'target' | 'limits' | 'from'>,
  reader: DatabaseThread,
): Promise<CopyAnswer> {
  return from === 'empty'
    ? { info: { kind: 'empty' }, engine: await reader.call('about', {}), content: 'empty' }
    : reader.call('copy', { target, maxBytes: limits.maxBytes });
}
