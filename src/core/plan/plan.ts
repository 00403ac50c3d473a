import type { Finding } from '../finding';
import type { Migration, MigrationRef } from '../migration';
import type { Direction } from '../run/direction';

/** One migration to be run in one direction. */
export interface Step {
  readonly direction: Direction;
  readonly migration: Migration;
}

/** What a run would do, computed from the folder and the history alone. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly findings: readonly Finding[];
  /** Not applied yet, in order, whether or not the goal reaches them. */
  readonly pending: readonly MigrationRef[];
}
