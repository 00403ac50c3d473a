import type { Target } from '../core/target';

export interface NewMigrationRequest {
  readonly target: Target;
  /** As the person typed it; made safe for a file name. */
  readonly name: string;
}

export interface NewMigrationResult {
  readonly files: readonly string[];
  /** Where the person starts to type in the first file; counts from 1. */
  readonly line: number;
  readonly column: number;
}
