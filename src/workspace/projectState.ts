import type { Whereabouts } from '../core/drift';
import type { ErrorInfo } from '../core/errors';
import type { Direction, Holder, LockState, MigrationRef, Status } from '../core/model';
import type { RunEvent, RunResult } from '../core/run/runEvents';
import type { DiscoveredTarget } from '../migrator/protocol';

/** A run of this window, while it goes on. */
export interface ActiveRun {
  readonly direction: Direction | 'restore' | 'mark';
  readonly startedAt: number;
  /** Set while somebody else has the lock. */
  readonly waiting?: Extract<RunEvent, { type: 'waiting' }> & { readonly since: number };
  /** Set once steps run; counts from 1. */
  readonly step?: number;
  readonly steps?: number;
  readonly migration?: MigrationRef;
}

/** Everything the views show about one database + its migrations. Plain data, replaced as a whole. */
export interface ProjectState {
  readonly target: DiscoveredTarget;
  /** Absent until the first look has come back. */
  readonly status?: Status;
  /** Where files are that are missing here; absent where none is, or nobody has looked. */
  readonly whereabouts?: Whereabouts;
  /** Fresher than `status.lock`. */
  readonly lock: LockState;
  /** The run of this window; runs of others are in `lock`. */
  readonly run?: ActiveRun;
  /** How this window's last run ended; cleared when the next starts or the database changes. */
  readonly lastResult?: RunResult;
  /** The last look failed (the migrator crashed, …). */
  readonly error?: ErrorInfo;
}

/** Who to name: whoever we wait for, or who holds the lock. */
export function otherHolder(state: ProjectState): Holder | undefined {
  if (state.run?.waiting) {
    return state.run.waiting.holder;
  }
  return state.lock.kind === 'held' && !state.lock.mine ? state.lock.holder : undefined;
}
