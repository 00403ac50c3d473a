import type { LogEntry } from '../history/logEntry';
import type { Migration, MigrationRef } from '../migration';
import { migrationRef } from '../migration';
import type { PlanInput } from './planInput';

/** A migration that the folder has, the history, or both. */
export interface KnownMigration {
  readonly ref: MigrationRef;
  /** Absent where the folder does not have it. */
  readonly migration?: Migration;
  /** The version as the history records it; absent where it is pending. */
  readonly applied?: string;
  /** How it was applied; absent where the log does not know, or knows only that it was undone. */
  readonly log?: LogEntry;
}

/**
 * All migrations there are, in the format's order; those without a file stand where their file would
 * stand.
 */
export function knownMigrations(input: PlanInput): readonly KnownMigration[] {
  const { format, migrations, applied } = input;
  const recorded = new Map(applied.map((version) => [format.versionKey(version), version]));
  const logged = appliedEntries(input);
  const found = migrations.map((migration): KnownMigration => {
    const key = format.versionKey(migration.version);
    const ref = migrationRef(migration);
    return { ref, migration, applied: recorded.get(key), log: logged.get(key) };
  });
  const here = new Set(migrations.map(({ version }) => format.versionKey(version)));
  const missing = [...recorded]
    .filter(([key]) => !here.has(key))
    .map(([key, version]): KnownMigration => {
      const log = logged.get(key);
      return {
        ref: { version, id: log?.id ?? version, name: log?.name ?? version },
        applied: version,
        log,
      };
    });
  return missing.length === 0
    ? found
    : [...found, ...missing].sort((a, b) => format.compare(a.ref, b.ref));
}

/** Version key → entry, for what the log last saw applied and the history still has. */
function appliedEntries({ format, applied, log }: PlanInput): ReadonlyMap<string, LogEntry> {
  const keys = new Set(applied.map((version) => format.versionKey(version)));
  const entries = new Map<string, LogEntry>();
  for (const [version, entry] of log) {
    const key = format.versionKey(version);
    if (keys.has(key) && entry.direction === 'up') {
      entries.set(key, entry);
    }
  }
  return entries;
}
