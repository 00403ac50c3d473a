import type { DatabaseSync } from 'node:sqlite';
import { DatabaseClaimed } from '../core/connection';
import type { ReachCheck } from '../core/run/reach';
import { Tokens } from '../core/sql/tokens';
import { processIdentity } from '../process/processIdentity';
import { Claim } from './claim';
import { besides, claimSuffix } from './claimFiles';
import { isClaimed } from './claimLiveness';
import type { FileIdentity } from './fileIdentity';
import { NativeConnection } from './nativeConnection';
import { ReachGuard } from './reachGuard';

/**
 * A connection that also minds the sql.js writers, who do not know SQLite's locks: two Lockstep
 * processes may have different engines.
 *
 * They make their claim, then look for a `-journal` before they replace the file; we have made our
 * `-journal` by the time we look for a claim before COMMIT. So at least one sees the other.
 */
export class NativeWriter extends NativeConnection {
  private readonly guard: ReachGuard | undefined;
  /** Whether the last transaction was begun by a SAVEPOINT, so that a RELEASE may commit it. */
  private releaseCommits = false;

  constructor(
    database: DatabaseSync,
    sqliteVersion: string,
    path: string,
    opened: FileIdentity,
    setUp: string,
    mayReach?: ReachCheck,
  ) {
    super(database, sqliteVersion, path, opened, setUp);
    this.guard = mayReach && new ReachGuard(database, mayReach);
  }

  /** @throws LockstepError `database.replaced` from COMMIT, and from RELEASE where it may be one */
  override exec(sql: string): void {
    const [first, second] = words(sql);
    if (first === 'begin' || (first === 'savepoint' && !this.inTransaction)) {
      this.releaseCommits = first === 'savepoint';
    }
    if (first === 'commit' || first === 'end' || (first === 'release' && this.releaseCommits)) {
      this.assertUnclaimed();
      this.assertSameFile();
    }
    if (this.guard && (first === 'attach' || first === 'vacuum')) {
      this.guard.open(() => super.exec(sql));
    } else {
      super.exec(sql);
    }
    if (first === 'begin' && (second === 'immediate' || second === 'exclusive')) {
      this.mindClaims();
    }
  }

  /** Nearly always there is none, which one look tells. */
  private mindClaims(): void {
    try {
      if (besides(this.path, claimSuffix.any).length > 0) {
        this.assertUnclaimed();
        Claim.sweepDead(this.path, processIdentity());
      }
    } catch (error) {
      super.exec('ROLLBACK');
      throw error;
    }
  }

  private assertUnclaimed(): void {
    if (isClaimed(this.path)) {
      throw new DatabaseClaimed();
    }
  }
}

function words(sql: string): string[] {
  const tokens = new Tokens(sql);
  return [0, 1].map(() => (tokens.next() ? tokens.raw.toLowerCase() : ''));
}
