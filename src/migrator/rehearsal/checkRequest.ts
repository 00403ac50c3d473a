import type { EngineName } from '../../core/connection';
import type { Reach } from '../../core/run/reach';
import type { Target } from '../../core/target';
import type { RehearsalLimits } from './rehearsalRequest';

/** A migration file's text, saved or not, to be tried. Plain data. */
export interface CheckRequest {
  readonly target: Target;
  /** Absolute path, as the target's folder has it. */
  readonly file: string;
  /** As the editor shows it; no byte order mark. */
  readonly text: string;
  readonly engine: EngineName | 'auto';
  /** See `RehearsalRequest`. */
  readonly trusted: boolean;
  readonly reach?: Reach;
  readonly limits: RehearsalLimits;
}
