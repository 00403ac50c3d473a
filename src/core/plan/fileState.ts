import type { HistoryEntry } from '../history/historyEntry';
import { isWhatRan } from './isWhatRan';
import type { KnownMigration } from './knownMigrations';

/** Whether an applied migration's file is still what ran. */
export function fileState({ migration, log }: KnownMigration): HistoryEntry['file'] {
  if (!migration) {
    return 'missing';
  }
  if (!log) {
    return 'unknown';
  }
  return isWhatRan(migration.up, log) ? 'unchanged' : 'edited';
}
