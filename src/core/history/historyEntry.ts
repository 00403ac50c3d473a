import type { MigrationRef } from '../migration';
import type { Holder } from '../holder';

/** One applied migration: the row in the history table, with what the run log adds. */
export interface HistoryEntry {
  readonly migration: MigrationRef;
  /** Absent: no log entry, so it is not known. */
  readonly log?: {
    /** ISO 8601. */
    readonly at: string;
    readonly ms: number;
    readonly rows: number;
    readonly holder: Pick<Holder, 'kind' | 'host' | 'pid' | 'workspace'>;
    /** Recorded as applied without being run. */
    readonly marked?: boolean;
    /** When a change of the file was accepted, ISO 8601. */
    readonly accepted?: string;
  };
  /** Whether the file is still what ran. `unknown` without a log entry, `missing` without a file. */
  readonly file: 'unchanged' | 'edited' | 'missing' | 'unknown';
  /** Whether it can be rolled back, from the file or from the log. */
  readonly reversible: boolean;
}
