/**
 * Puts a backup's content in the place of a database's. What is there is read and replaced in two
 * steps, and the second is not taken when anybody wrote in between: nothing is overwritten that
 * `save` has not seen.
 *
 * Everything throws a busy `SqliteError` while somebody else writes or, for some databases, reads.
 */
export interface RestoreSession {
  /** Whether the database's content is still what `save` saw. */
  readonly isSaved: boolean;
  /**
   * Keeps writers out until `save` is over.
   * @returns whether there is anything in the database
   * @throws LockstepError `restore.refused` where `replace` cannot work
   */
  hold(): boolean;
  /** @param copy makes a copy of the database; left out where there is nothing to copy */
  save(copy?: () => Promise<void>): Promise<void>;
  /**
   * Durable when it resolves; until then a crash leaves what was there.
   * @param proceed called now and then; what it throws undoes everything
   */
  replace(proceed: () => void): Promise<void>;
  /** Idempotent. */
  close(): void;
}
