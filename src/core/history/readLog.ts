import type { Acceptance, LogEntry, LoggedScript } from './logEntry';

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
