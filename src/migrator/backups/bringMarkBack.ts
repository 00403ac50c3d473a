import { SqliteError } from '../../core/connection';
import type { Mark, MarkStore } from '../../core/run/runningMark';

/** Not of this machine nor of any: a mark that it left is nobody's at work. */
const nobody = { pid: 0, host: '', machine: '' } as const;

/**
 * Makes the mark of a backup the database's, before the backup's content is: a crash in between
 * leaves a warning too many, not one too few.
 *
 * @param marks with no living mark
 * @returns makes it again as it was, for when the content did not come back
 * @throws a busy `SqliteError` when somebody takes the mark in between
 */
export function bringMarkBack(marks: MarkStore, mark: Mark): () => void {
  const earlier = marks.read();
  // From now on it is so: of backups made before, those without a mark are known to need none.
  const orphaned: Mark = { ...mark, owner: nobody, since: new Date().toISOString() };
  if (earlier) {
    marks.update(orphaned);
  } else if (!marks.create(orphaned)) {
    throw new SqliteError('a migration is at work', 5);
  }
  return () => (earlier ? marks.update(earlier) : marks.remove());
}
