import type { EngineName } from '../../core/connection';
import type { Reach } from '../../core/run/reach';
import { defaultRehearseMaxBytes } from '../../core/rehearsal/rehearsalOptions';
import type { Direction } from '../../core/run/direction';
import type { Goal, TransactionMode } from '../../core/run/runRequest';
import type { Target } from '../../core/target';

/** What is to be tried, and how hard. Plain data, sent to the migrator process as it is. */
export interface RehearsalRequest {
  readonly target: Target;
  readonly direction: Direction;
  readonly goal: Goal;
  /** See `RunJob`. */
  readonly intended?: readonly string[];
  readonly transaction: TransactionMode;
  /** See `RunRequest`. */
  readonly reach?: Reach;
  /** The engine of the run that is rehearsed. */
  readonly engine: EngineName | 'auto';
  /** Whether SQL of this workspace may run in an engine that could reach files. */
  readonly trusted: boolean;
  readonly limits: RehearsalLimits;
  /** Names what is to be tried, see `contentName`: what was tried just before is not tried again. */
  readonly content?: string;
  /** `run`: only what all steps do together; quicker for hundreds of them. */
  readonly detail?: 'steps' | 'run';
  /** Not on a copy of the database, but as if there were none. */
  readonly from?: 'empty';
  /** What is to be applied afterwards, where all of it works. */
  readonly again?: Goal;
}

export interface RehearsalLimits {
  /** Bytes; of a larger database only the schema is tried. */
  readonly maxBytes: number;
  /** Milliseconds for the migrations, the copy not counted. */
  readonly maxMs: number;
}

export const defaultRehearsalLimits: RehearsalLimits = {
  maxBytes: defaultRehearseMaxBytes,
  maxMs: 10_000,
};
