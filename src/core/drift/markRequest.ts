import type { EngineName } from '../connection';
import type { ErrorInfo } from '../errors';
import type { HolderName, Owner } from '../holder';
import type { MigrationRef } from '../migration';
import type { Outcome } from '../run/runEvent';
import type { WaitLimits } from '../run/runRequest';
import type { Target } from '../target';

/** Pending migrations to be recorded as applied without being run. Plain data. */
export interface MarkRequest {
  readonly target: Target;
  /** What the person saw and meant; of these, what is still pending is recorded. */
  readonly versions: readonly string[];
  readonly owner: Owner;
  readonly engine: EngineName | 'auto';
  readonly wait: WaitLimits;
}

export interface MarkResult {
  readonly outcome: Outcome;
  /** Recorded by this, in order. */
  readonly marked: readonly MigrationRef[];
  /** Meant, and applied by somebody else meanwhile. */
  readonly alreadyApplied: readonly MigrationRef[];
  /** Why the details could not be kept, although the migrations are recorded. */
  readonly logProblem?: string;
  readonly holder?: HolderName;
  readonly error?: ErrorInfo;
  readonly ms: number;
}
