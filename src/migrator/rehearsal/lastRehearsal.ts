import type { Rehearsal } from '../../core/rehearsal/rehearsal';
import type { RehearsalRequest } from './rehearsalRequest';

/**
 * What came of the last rehearsal, for the run that follows it: whoever has previewed, or was asked
 * about what is deleted, need not wait for the same once more.
 */
export class LastRehearsal {
  private last?: { readonly key: string; readonly rehearsal: Rehearsal };

  /** What is known of what a request names by its `content`; without the schemas. */
  public find(request: RehearsalRequest): Rehearsal | undefined {
    const { content } = request;
    return content !== undefined && this.last?.key === keyOf(request, content)
      ? this.last.rehearsal
      : undefined;
  }

  /** @param content what was tried, see `contentName` */
  public keep(request: RehearsalRequest, content: string, rehearsal: Rehearsal): void {
    if (rehearsal.verdict === 'cannot') {
      return; // another time it may
    }
    const key = keyOf(request, content);
    this.last = { key, rehearsal: { ...rehearsal, schemaBefore: [], schemaAfter: [] } };
  }
}

/** All that decides what comes of it, but for limits of time and what of it is wanted. */
function keyOf(
  { target, direction, goal, transaction, engine, reach, trusted, limits }: RehearsalRequest,
  content: string,
): string {
  const { database, folders, format } = target;
  const asked = [database, folders, format, direction, goal, transaction, engine, reach, trusted];
  return JSON.stringify([...asked, limits.maxBytes, content]);
}
