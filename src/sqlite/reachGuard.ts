import type { DatabaseSync } from 'node:sqlite';
import type { ReachCheck } from '../core/run/reach';
import { translateErrors } from './nativeError';

/** https://www.sqlite.org/c3ref/c_alter_table.html */
const attachAction = 24;
const ok = 0;
const deny = 1;

/** What `node:sqlite` of Node 22 lacks. */
type Guardable = Partial<Pick<DatabaseSync, 'setAuthorizer' | 'limits'>>;

/**
 * Has SQLite itself watch which files a connection attaches, VACUUM INTO among them, where it can: a
 * second line behind the look at the statement's text. Watching costs, so it watches the statements
 * that attach; all others may attach nothing.
 */
export class ReachGuard {
  private readonly limit: number | undefined;

  constructor(
    private readonly database: DatabaseSync,
    private readonly mayReach: ReachCheck,
  ) {
    this.limit = (database as Guardable).limits?.attach;
    this.setLimit(0);
  }

  /** Runs something that may attach what may be reached. */
  public open(run: () => void): void {
    const { setAuthorizer } = this.database as Guardable;
    this.setLimit(this.limit ?? 0);
    setAuthorizer?.call(this.database, (action, file) =>
      action !== attachAction || (file !== null && !this.mayReach(file)) ? ok : deny,
    );
    try {
      run();
    } finally {
      setAuthorizer?.call(this.database, null);
      this.setLimit(0);
    }
  }

  private setLimit(attach: number): void {
    const { limits } = this.database as Guardable;
    if (limits && this.limit !== undefined) {
      translateErrors(() => (limits.attach = attach));
    }
  }
}
