import type { HistoryEntry } from '../history/historyEntry';
import type { MigrationRef } from '../migration';

/** An applied migration, as it ran and as its file says now. Plain data. */
export interface RanMigration {
  readonly migration: MigrationRef;
  readonly state: HistoryEntry['file'];
  /** What ran; absent where the log does not know. */
  readonly ran?: RanScript;
  /** Absent where there is no file. */
  readonly now?: CurrentScript;
}

interface RanScript {
  /** Only what ran, in the order it ran. Absent where it was too long to be kept. */
  readonly sql?: string;
  /** ISO 8601. */
  readonly at: string;
  /** Whether its way back was kept. */
  readonly reversible: boolean;
}

interface CurrentScript {
  /** Absolute path. */
  readonly file: string;
  /** Only what would run, in the order it would run. */
  readonly sql: string;
  /** Names the text in which it was edited. */
  readonly checksum: string;
  /** The file holds nothing else, so that it can be compared as it is. */
  readonly isWholeFile: boolean;
}
