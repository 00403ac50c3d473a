import { SqliteError } from '../core/connection';
import { LockstepError } from '../core/errors';
import type { FileUser } from '../process/fileUsers';
import { fileUsers } from '../process/fileUsers';
import { sleep } from './sleep';

/** Milliseconds for which a use counts as somebody's look, though its process may be paused in it. */
const defaultLimit = 2000;

/**
 * Tells programs that look at a database for a moment, as Lockstep's windows do, from those that keep
 * it open: after the rename they would go on with a file that has no name any more.
 */
export class UsePatience {
  private since = new Map<string, number>();

  /**
   * @param path absolute, links resolved
   * @param limit milliseconds for which others may use the file before it is refused
   */
  constructor(
    private readonly path: string,
    private readonly limit = defaultLimit,
  ) {}

  /**
   * @throws SqliteError 5 while somebody uses the file
   * @throws LockstepError `writer.refused` when somebody does not stop
   */
  assertUnused(): void {
    const now = performance.now();
    const users = fileUsers(this.path);
    this.since = new Map(users.map(({ id }) => [id, this.since.get(id) ?? now]));
    const lasting = users.find(({ id }) => now - this.since.get(id)! >= this.limit);
    if (lasting) {
      throw this.refusal(lasting);
    }
    if (users.length > 0) {
      throw new SqliteError('database is locked', 5);
    }
  }

  /**
   * The last look before the file is replaced. Waits in its place, since what is to be written would
   * be lost with the statement.
   * @throws LockstepError `writer.refused`
   */
  outlast(): void {
    const until = performance.now() + this.limit;
    for (;;) {
      const [user] = fileUsers(this.path);
      if (!user) {
        return;
      }
      if (performance.now() >= until) {
        throw this.refusal(user);
      }
      sleep(5);
    }
  }

  private refusal({ pid, program, how }: FileUser): LockstepError {
    const reason = how === 'lock' ? 'locked' : 'open';
    return new LockstepError('writer.refused', { path: this.path, reason, pid, program });
  }
}
