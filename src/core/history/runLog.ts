import { scriptChecksum } from '../checksum';
import type { EngineName } from '../connection';
import type { Direction, Holder, Script, Step } from '../model';
import { scriptSql } from '../sql/script';

/** Recorded version → its latest entry. */
export type LatestEntries = ReadonlyMap<string, LogEntry>;

/**
 * The latest entry for each version, from the whole text of a run log, which is in the order things
 * happened. What cannot be read (garbage, a last line torn by a crash) is skipped. A line of a later
 * Lockstep makes its version not known: what it says is newer than what we can read. An accepted edit
 * counts only for the application it was accepted for: the migration may have been rolled back and
 * applied again meanwhile.
 *
 * @param earlier what was read of the lines before these
 */
export function readLog(text: string, earlier: LatestEntries = new Map()): LatestEntries {
  const latest = new Map(earlier);
  for (const line of text.split('\n')) {
    const value = parseObject(line);
    if (isLogEntry(value)) {
      if (!value.accepted || isAbout(latest.get(value.version), value)) {
        latest.set(value.version, value);
      }
    } else if (typeof value?.v === 'number' && value.v > 1 && typeof value.version === 'string') {
      latest.delete(value.version);
    }
  }
  return latest;
}

/** One line of the run log, with its line end. */
export function logLine(entry: LogEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

function isAbout(known: LogEntry | undefined, { run, at }: LogEntry): boolean {
  return known?.direction === 'up' && known.run === run && known.at === at;
}

type Unknown<T> = { readonly [Key in keyof T]?: unknown };

function parseObject(line: string): Unknown<LogEntry> | undefined {
  if (!line.startsWith('{')) {
    return undefined;
  }
  try {
    return JSON.parse(line) as Unknown<LogEntry>;
  } catch {
    return undefined;
  }
}

function isLogEntry(value: Unknown<LogEntry> | undefined): value is LogEntry {
  return (
    value?.v === 1 &&
    areStrings(value.run, value.at, value.version, value.id, value.name, value.file) &&
    areStrings(value.checksum, value.engine, value.sqliteVersion) &&
    (value.direction === 'up' || value.direction === 'down') &&
    isLoggedScript(value.up) &&
    (value.down === undefined || isLoggedScript(value.down)) &&
    typeof value.ms === 'number' &&
    typeof value.rows === 'number' &&
    isHolder(value.holder) &&
    (value.marked === undefined || typeof value.marked === 'boolean') &&
    (value.accepted === undefined || isAcceptance(value.accepted))
  );
}

function isLoggedScript(value: unknown): value is LoggedScript {
  const script = (value ?? {}) as Unknown<LoggedScript>;
  return (
    typeof script.sql === 'string' &&
    typeof script.transaction === 'boolean' &&
    typeof script.foreignKeys === 'boolean'
  );
}

function isAcceptance(value: unknown): value is Acceptance {
  const { at, ran, sql, holder } = (value ?? {}) as Unknown<Acceptance>;
  return areStrings(at, ran, sql) && isHolder(holder);
}

function isHolder(value: unknown): value is LogEntry['holder'] {
  const holder = (value ?? {}) as Unknown<LogEntry['holder']>;
  return (
    areStrings(holder.kind, holder.host) &&
    typeof holder.pid === 'number' &&
    (holder.workspace === undefined || typeof holder.workspace === 'string')
  );
}

function areStrings(...values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'string');
}

/** One direction of a migration as it stood in its file when the migration ran. */
export interface LoggedScript {
  /** Only what runs, in the order it runs. */
  readonly sql: string;
  readonly transaction: boolean;
  readonly foreignKeys: boolean;
}

/** Somebody has said that a file's new text is the same migration as what ran. */
interface Acceptance {
  /** ISO 8601. */
  readonly at: string;
  readonly holder: LogEntry['holder'];
  /** The checksum of what ran; the entry's own is that of the accepted text. */
  readonly ran: string;
  /** The accepted text; empty where it is too long to be kept. */
  readonly sql: string;
}

/** One line of the run log: a migration that was applied or rolled back. Detail, never truth. */
export interface LogEntry {
  readonly v: 1;
  /** Unique for each run. */
  readonly run: string;
  /** ISO 8601. */
  readonly at: string;
  readonly direction: Direction;
  /** As the history table records it. */
  readonly version: string;
  readonly id: string;
  readonly name: string;
  /** Absolute path of the up script. */
  readonly file: string;
  /** Of the up script, see `checksum`. */
  readonly checksum: string;
  readonly up: LoggedScript;
  /** The down script, so that it can be run when the file cannot be found. */
  readonly down?: LoggedScript;
  readonly ms: number;
  /** Rows inserted, updated or deleted. */
  readonly rows: number;
  readonly engine: EngineName;
  readonly sqliteVersion: string;
  readonly holder: Pick<Holder, 'kind' | 'host' | 'pid' | 'workspace'>;
  /** Recorded as applied without being run. */
  readonly marked?: boolean;
  /** The entry repeats an earlier one, and adds this: nothing ran again. */
  readonly accepted?: Acceptance;
}

/** The log's entry for a step that was committed; `details` is what only the run knows. */
export function newLogEntry(
  { direction, migration }: Step,
  details: Pick<LogEntry, 'run' | 'at' | 'ms' | 'rows' | 'engine' | 'sqliteVersion' | 'holder'>,
): LogEntry {
  const { run, at, ms, rows, engine, sqliteVersion, holder } = details;
  const { version, id, name, up, down } = migration;
  return {
    v: 1,
    run,
    at,
    direction,
    version,
    id,
    name,
    file: up.file,
    checksum: scriptChecksum(up),
    up: loggedScript(up),
    ...(down && { down: loggedScript(down) }),
    ms,
    rows,
    engine,
    sqliteVersion,
    holder: { kind: holder.kind, host: holder.host, pid: holder.pid, workspace: holder.workspace },
  };
}

function loggedScript(script: Script): LoggedScript {
  const { transaction, foreignKeys } = script;
  return { sql: scriptSql(script), transaction, foreignKeys };
}

/**
 * The entry that makes an edited file's text the accepted one. It repeats what ran, when and by whom,
 * so that a Lockstep that knows nothing of acceptances takes it for the application it is about.
 */
export function acceptedEntry(
  entry: LogEntry,
  up: Script,
  { at, holder }: Pick<Acceptance, 'at' | 'holder'>,
): LogEntry {
  const ran = entry.accepted?.ran ?? entry.checksum;
  return {
    ...entry,
    checksum: scriptChecksum(up),
    accepted: { at, holder, ran, sql: scriptSql(up) },
  };
}
