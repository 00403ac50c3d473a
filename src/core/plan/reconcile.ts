import { scriptChecksum } from '../checksum';
import type { Format } from '../formats/format';
import type { LatestEntries, LogEntry, LoggedScript } from '../history/runLog';
import {
  type Finding,
  type HistoryEntry,
  type Migration,
  type MigrationRef,
  migrationRef,
  type Script,
} from '../model';
import { scriptSql } from '../sql/script';
import { sameStatements } from '../sql/tokens';

/** What a plan and the history's description rest on. */
export interface PlanInput {
  readonly format: Format;
  /** As the folder has them, in the format's order. */
  readonly migrations: readonly Migration[];
  /** The versions the history table records, in any order. */
  readonly applied: readonly string[];
  readonly log: LatestEntries;
}

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

/**
 * What is odd about a folder and its history, in the order of the migrations. Of files with one
 * version it cannot be told which of them ran; that they are several is all that is said of them.
 */
export function findFindings(format: Format, known: readonly KnownMigration[]): Finding[] {
  const same = duplicates(format, known);
  const several = new Set(same.flat());
  const judged = (one: KnownMigration): boolean => !several.has(one);
  return [
    ...same.map(duplicate),
    ...known.filter((one) => !one.migration).map(missing),
    ...known.filter((one) => judged(one) && fileState(one) === 'edited').map(edited),
    ...outOfOrder(known, judged),
  ];
}

function duplicate(same: readonly KnownMigration[]): Finding {
  const [{ ref }] = same;
  return {
    code: 'duplicate',
    severity: 'refuse',
    migration: ref,
    params: {
      version: ref.version,
      files: distinctNames(same.map((one) => one.ref.file!)).join(', '),
    },
  };
}

/** As much of the ends of paths as tells them apart: the same name may be in two folders. */
function distinctNames(paths: readonly string[]): string[] {
  const parts = paths.map((path) => path.split(/[\\/]/));
  const longest = Math.max(...parts.map(({ length }) => length));
  for (let depth = 1; ; depth++) {
    const names = parts.map((each) => each.slice(-depth).join('/'));
    if (new Set(names).size === names.length || depth >= longest) {
      return names;
    }
  }
}

function missing({ ref }: KnownMigration): Finding {
  return {
    code: 'missing',
    severity: 'warning',
    migration: ref,
    params: { version: ref.version },
  };
}

function edited({ ref, log }: KnownMigration): Finding {
  return { code: 'edited', severity: 'warning', migration: ref, params: { at: log!.at } };
}

function outOfOrder(
  known: readonly KnownMigration[],
  judged: (one: KnownMigration) => boolean,
): Finding[] {
  const newest = known.findLastIndex(({ applied }) => applied !== undefined);
  return known
    .slice(0, Math.max(0, newest))
    .filter((one) => one.applied === undefined && judged(one))
    .map(({ ref }) => ({
      code: 'outOfOrder',
      severity: 'warning',
      migration: ref,
      params: { newest: known[newest].ref.id },
    }));
}

/**
 * What was applied, newest first by the format's order: when it ran may be unknown. Of several files
 * with one version only the one that the log names is shown, else the first: one of them ran.
 */
export function describeHistory(input: PlanInput): HistoryEntry[] {
  const known = knownMigrations(input);
  const same = duplicates(input.format, known);
  const ran = new Set(same.map((files) => files.find(isLogged) ?? files[0]));
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
    reversible: withDownScript(known) !== undefined,
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

/**
 * An applied migration as it can be rolled back: with its file's down script, else with the one the log
 * kept, under the version that the history records. Undefined where neither has one. Of a migration
 * that was edited since, the one that was kept comes first: it undoes what ran.
 */
export function withDownScript({ migration, applied, log }: KnownMigration): Migration | undefined {
  if (applied === undefined) {
    return undefined;
  }
  const isEdited = migration && log && !matchesApplied(migration.up, log);
  if (migration?.down && !(isEdited && log.down)) {
    return { ...migration, version: applied };
  }
  if (!log?.down) {
    return undefined;
  }
  const { id, name, up } = migration ?? { ...log, up: loggedScript(log.file, log.up) };
  return { version: applied, id, name, up, down: loggedScript('', log.down) };
}

function loggedScript(file: string, script: LoggedScript): Script {
  const { sql, transaction, foreignKeys } = script;
  return { file, text: sql, transaction, foreignKeys };
}

/**
 * Whether a script is still what ran, or what somebody has accepted for it. Comments and blanks are no
 * change, except where they say how it is to run.
 */
export function matchesApplied(script: Script, { checksum, up, accepted }: LogEntry): boolean {
  const now = scriptChecksum(script);
  if (now === checksum || now === accepted?.ran) {
    return true;
  }
  if (script.transaction !== up.transaction || script.foreignKeys !== up.foreignKeys) {
    return false;
  }
  const sql = scriptSql(script);
  // A text that was too long for the log is kept as none.
  return [up.sql, accepted?.sql].some((known) => known && sameStatements(known, sql));
}

/** Migrations of the folder that share a version, in the order of the first of each. */
function duplicates(
  format: Format,
  known: readonly KnownMigration[],
): (readonly KnownMigration[])[] {
  const byVersion = new Map<string, KnownMigration[]>();
  for (const one of known.filter(({ migration }) => migration)) {
    const key = format.versionKey(one.ref.version);
    byVersion.set(key, [...(byVersion.get(key) ?? []), one]);
  }
  return [...byVersion.values()].filter((same) => same.length > 1);
}

/** Whether an applied migration's file is still what ran. */
export function fileState({ migration, log }: KnownMigration): HistoryEntry['file'] {
  if (!migration) {
    return 'missing';
  }
  if (!log) {
    return 'unknown';
  }
  return matchesApplied(migration.up, log) ? 'unchanged' : 'edited';
}
