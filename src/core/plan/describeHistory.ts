import type { HistoryEntry } from '../history/historyEntry';
import type { LogEntry } from '../history/logEntry';
import { duplicates } from './duplicates';
import { fileState } from './fileState';
import type { KnownMigration } from './knownMigrations';
import { knownMigrations } from './knownMigrations';
import type { PlanInput } from './planInput';
import { wayBack } from './wayBack';

/**
 * What was applied, newest first by the format's order: when it ran may be unknown. Of several files
 * with one version only the one that the log names is shown, else the first: one of them ran.
 */
export function describeHistory(input: PlanInput): HistoryEntry[] {
  const known = knownMigrations(input);
  const same = duplicates(input.format, known);
  const ran = new Set(same.map((files) => files.find(isLogged) ?? files[0]!));
  const several = new Set(same.flat());
  return known
    .filter((one) => one.applied !== undefined && (ran.has(one) || !several.has(one)))
    .reverse()
    .map((one) => historyEntry(one, several.has(one) && !isLogged(one)));
}

function isLogged({ ref, log }: KnownMigration): boolean {
  return log?.id === ref.id;
}

function historyEntry(known: KnownMigration, unsure: boolean): HistoryEntry {
  const { ref, log } = known;
  return {
    migration: ref,
    ...(log && { log: shown(log) }),
    file: unsure ? 'unknown' : fileState(known),
    reversible: wayBack(known) !== undefined,
  };
}

function shown({ at, ms, rows, holder, marked, accepted }: LogEntry): HistoryEntry['log'] {
  return {
    at,
    ms,
    rows,
    holder,
    ...(marked && { marked }),
    ...(accepted && { accepted: accepted.at }),
  };
}
