import type { FoundDatabase, MigrationSet } from './found';

/** How much of what a database records is in a folder. */
export interface HistoryFit {
  /** Recorded versions that the folder has. */
  readonly shared: number;
  readonly recorded: number;
  /** Nearly all of them: a file or two may be on another branch. */
  readonly fits: boolean;
}

/** Compares a database's recorded versions with a folder's. Nothing: it has no such history table. */
export function historyFit(set: MigrationSet, database: FoundDatabase): HistoryFit | undefined {
  const recorded = database.histories.get(set.historyTable);
  if (!recorded) {
    return undefined;
  }
  const present = new Set(set.versions.map((version) => set.versionKey(version)));
  const shared = recorded.filter((version) => present.has(set.versionKey(version))).length;
  const missing = recorded.length - shared;
  return {
    shared,
    recorded: recorded.length,
    fits: missing <= 1 || missing / recorded.length <= 0.2,
  };
}
