import type { BackupOptions } from '../backup';
import type { EngineName } from '../connection';
import type { Owner } from '../holder';
import type { Target } from '../target';
import type { Direction } from './direction';
import type { Losses } from '../rehearsal/rehearsal';
import type { RehearseOptions } from '../rehearsal/rehearsalOptions';
import type { Reach } from './reach';

/** How far a run goes. */
export type Goal =
  | { readonly kind: 'all' }
  /** Up: through this migration. Down: everything applied after it; it stays. Id or version. */
  | { readonly kind: 'to'; readonly id: string }
  /** The next (up) or last (down) so many. */
  | { readonly kind: 'steps'; readonly steps: number };

/**
 * What shares a transaction. `each`: one migration, one transaction. `grouped`: consecutive ones as
 * long as the group is young; nobody can tell but by the clock. `all`: the whole run or nothing.
 */
export type TransactionMode = 'each' | 'grouped' | 'all';

export interface WaitLimits {
  /** Milliseconds after which the connection is opened anew. */
  readonly attemptMs: number;
  /** Milliseconds for the whole wait, sentinel and database together. */
  readonly totalMs: number;
  /** Milliseconds of silence after which a holder on another host counts as dead. */
  readonly staleMs: number;
}

export const defaultWaitLimits: WaitLimits = {
  attemptMs: 30_000,
  totalMs: 120_000,
  staleMs: 60_000,
};

/** Everything a run needs to know; plain data, sent to the migrator process as it is. */
export interface RunRequest {
  readonly target: Target;
  readonly direction: Direction;
  readonly goal: Goal;
  readonly owner: Owner;
  readonly engine: EngineName | 'auto';
  readonly wait: WaitLimits;
  readonly transaction: TransactionMode;
  /** The database's folder alone where absent. */
  readonly reach?: Reach;
  /** Not at all where absent. */
  readonly rehearse?: RehearseOptions;
  /**
   * What may be deleted of what is there. A rehearsal that deletes more ends the run with `run.losses`
   * before anything is changed, and each run is rehearsed for it, unless none may be. Absent: whatever
   * the migrations say, for where nobody can be asked.
   */
  readonly agreed?: Losses;
  /** `defaultBackupOptions` where absent. */
  readonly backup?: BackupOptions;
}
