import type { HistoryEntry } from '../history/historyEntry';
import { fileState } from './fileState';
import type { KnownMigration } from './knownMigrations';
import { knownMigrations } from './knownMigrations';
import type { PlanInput } from './planInput';
import { wayBack } from './wayBack';

/** What was applied, newest first by the format's order: when it ran may be unknown. */
export function describeHistory(input: PlanInput): HistoryEntry[] {
  return knownMigrations(input)
    .filter(({ applied }) => applied !== undefined)
    .reverse()
    .map(historyEntry);
}

function historyEntry(known: KnownMigration): HistoryEntry {
  const { ref, log } = known;
  return {
    migration: ref,
    ...(log && { log: { at: log.at, ms: log.ms, rows: log.rows, holder: log.holder } }),
    file: fileState(known),
    reversible: wayBack(known) !== undefined,
  };
}
