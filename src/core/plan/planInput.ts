import type { Format } from '../formats/format';
import type { LatestEntries } from '../history/readLog';
import type { Migration } from '../migration';

/** What a plan and the history's description rest on. */
export interface PlanInput {
  readonly format: Format;
  /** As the folder has them, in the format's order. */
  readonly migrations: readonly Migration[];
  /** The versions the history table records, in any order. */
  readonly applied: readonly string[];
  readonly log: LatestEntries;
}
