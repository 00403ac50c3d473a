import type { ErrorParams, Place } from './errors';
import { LockstepError } from './errors';

/** Why a migration file cannot be understood; the sentences are in `src/messages`. */
export type InvalidReason =
  /** A NUL byte: SQLite would silently stop reading there. */
  | 'nul'
  /** Bytes that are not UTF-8, or half a surrogate pair: SQLite would store something else. */
  | 'encoding'
  /** No regular file, or one that cannot be read; param `message`. */
  | 'unreadable'
  /** Larger than can be taken into memory; param `limit`, in MB. */
  | 'tooLarge'
  /** A `--` comment that a lone carriage return does not end for SQLite, though editors show it so. */
  | 'carriageReturn'
  /** A command of the sqlite3 shell, such as `.mode`. */
  | 'dotCommand'
  /** A string, quoted name or block comment that never ends. */
  | 'unterminated'
  /** BEGIN, COMMIT, ROLLBACK, SAVEPOINT or RELEASE without its counterpart. */
  | 'transactionControl'
  /** dbmate: no `-- migrate:up` in the file. */
  | 'noUpMarker'
  /** dbmate: SQL before the first `-- migrate:up`. */
  | 'textBeforeMarker'
  /** dbmate: `-- migrate:down` before the first `-- migrate:up`. */
  | 'downBeforeUp'
  /** dbmate: two `-- migrate:down` after one `-- migrate:up`. */
  | 'secondDown'
  /** Plain numbers: a `.down.sql` without the migration it undoes. */
  | 'downWithoutUp'
  /** Plain numbers: the file is in another tool's layout; param `layout`. */
  | 'otherLayout'
  /** Plain numbers: `-- lockstep:` with something that is no option; param `option`. */
  | 'option';

/** The error for a migration that cannot be understood. */
export function invalidMigration(
  reason: InvalidReason,
  place: Place,
  params: ErrorParams = {},
): LockstepError {
  return new LockstepError('migrations.invalid', { reason, ...params }, place);
}
