import type { EngineInfo } from './connection';
import type { ErrorInfo } from './errors';

/**
 * One direction of a migration.
 *
 * `text` has the length and the line breaks of its file: whatever does not belong to this
 * direction (a marker's other section) is blanked out, a leading BOM is removed. So an offset in
 * `text` is an offset in the file as an editor shows it.
 */
export interface Script {
  /** Absolute path of the file; empty where the text is the run log's, and stands in no file. */
  readonly file: string;
  readonly text: string;
  /** False when the author asked for no transaction (`-- migrate:up transaction:false`). */
  readonly transaction: boolean;
  /** True when the author asked for foreign keys to be enforced while it runs. */
  readonly foreignKeys: boolean;
  /**
   * The parts of `text` that run, in the order they run, where that is not simply the text from
   * start to end: a file with several sections runs the down sections in reverse.
   */
  readonly sections?: readonly Section[];
  /** The whole file's text, where `text` is only a part of it and comments are about all of it. */
  readonly fileText?: string;
}

/** A part of a text: offsets in UTF-16 units, `end` exclusive. */
export interface Section {
  readonly start: number;
  readonly end: number;
}

/** One migration as its folder describes it. */
export interface Migration {
  /** What the history table records, exactly as this format writes it, e.g. `20260101120000`. */
  readonly version: string;
  /** What people call it: the file name without extension, e.g. `001_initial`. Unique in a folder. */
  readonly id: string;
  /** The readable part of the file name, e.g. `initial`. */
  readonly name: string;
  readonly up: Script;
  /** Absent where it cannot be undone. */
  readonly down?: Script;
}

/** A migration as shown to people and sent between processes: no SQL. */
export interface MigrationRef {
  readonly version: string;
  readonly id: string;
  readonly name: string;
  /** Absolute path of the up script; absent when only the history knows it. */
  readonly file?: string;
}

/** Strips a migration down to what may be shown and sent. */
export function migrationRef({ version, id, name, up }: Migration): MigrationRef {
  return { version, id, name, file: up.file };
}

/** The on-disk conventions Lockstep reads; one file each in `core/formats`. */
export type FormatName = 'plain' | 'dbmate';

/** One database and the migrations that belong to it. */
export interface Target {
  /** Absolute path as the person knows it; need not exist. */
  readonly database: string;
  /** Absolute paths of the folders with migrations (dbmate allows several), at least one. */
  readonly folders: readonly string[];
  /** Found out from the folder where absent. */
  readonly format?: FormatName;
}

/** What a look at the database file found. Looking leaves nothing behind. */
export interface DatabaseLook {
  readonly state:
    | 'ok'
    | 'missing'
    /** Zero bytes, or no table yet. */
    | 'empty'
    /** A crashed program left work that the next run recovers; content not shown until then. */
    | 'needsRecovery'
    /** Changed at every look; shown after the next change. */
    | 'busy'
    | 'notADatabase'
    /** `message` says why; without one it was not looked at, because of the status' `error`. */
    | 'unreadable';
  readonly journalMode?: string;
  readonly sizeBytes?: number;
  readonly message?: string;
}

/** A step outside a transaction that began and did not end (invariant 4). */
export interface RunningMark {
  readonly migration: MigrationRef;
  readonly direction: 'up' | 'down';
  /** The statement that was running, from 1. */
  readonly statement: number;
  readonly statements: number;
  readonly since: string;
  /** False while its process lives. */
  readonly orphaned: boolean;
}

/** Everything the views show about one database. Plain data. */
export interface Status {
  readonly target: Target;
  /** Canonical path: parent folders and links resolved. */
  readonly path: string;
  readonly format?: FormatName;
  readonly look: DatabaseLook;
  readonly engine?: EngineInfo;
  /** Newest first. */
  readonly history: readonly HistoryEntry[];
  /** In order. */
  readonly pending: readonly (MigrationRef & { readonly reversible: boolean })[];
  readonly findings: readonly Finding[];
  readonly mark?: RunningMark;
  readonly lock: LockState;
  /** Set when the folder or the history cannot be read; then history and pending are empty. */
  readonly error?: ErrorInfo;
}

/** What the planner noticed; `refuse` stops a run before anything happens. */
export interface Finding {
  readonly code:
    | 'duplicate' // two files with one version
    | 'missing' // applied, but no file here
    | 'edited' // applied, and the file says something else now
    | 'outOfOrder' // pending, and older than the newest applied
    | 'schemaFile' // dbmate's schema.sql exists; Lockstep does not rewrite it
    | 'logUnwritable'; // message: the run log beside the database cannot be written
  readonly severity: 'info' | 'warning' | 'refuse';
  readonly migration?: MigrationRef;
  /** Further parameters for the sentence, e.g. `files` of a duplicate. */
  readonly params: Readonly<Record<string, string | number>>;
}

/** What kind of program migrates: a VS Code window, a terminal, a VS Code task. */
export type OwnerKind = 'window' | 'terminal' | 'task';

/** Who asks for a run; the part of a holder's card that does not change. */
export interface Owner {
  readonly kind: OwnerKind;
  /** The workspace's or folder's name, for people. */
  readonly workspace?: string;
  /** Lockstep's version. */
  readonly version: string;
}

/** The process behind a lock, precise enough to tell it from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the process started, in the system's own words; absent where it cannot be told. */
  readonly started?: string;
  /** Host name, for people. */
  readonly host: string;
  /** Same value = same kernel, boot and pid namespace, so that pids can be compared. */
  readonly machine: string;
}

/** How far the holder is. `step` counts from 1. */
export interface Progress {
  readonly direction: Direction;
  readonly step: number;
  readonly steps: number;
  /** The migration's id. */
  readonly migration: string;
}

/** The holder's card, `<db>.lock.json`: who works, since when, on what, how far. */
export interface Holder extends Owner, ProcessIdentity {
  /** Unique for each time the lock is taken. */
  readonly token: string;
  /** When the lock was taken, ISO 8601 with milliseconds. */
  readonly since: string;
  readonly progress?: Progress;
}

/** As much of a holder as the run log remembers: enough to name it. */
export type HolderName = Pick<Holder, 'kind' | 'host' | 'pid' | 'workspace'> & Partial<Holder>;

/** The sentinel lock as somebody who does not hold it sees it. */
export type LockState =
  | { readonly kind: 'free' }
  /** `holder` is absent when the lock has no readable card: held, unknown. */
  | { readonly kind: 'held'; readonly holder?: Holder; readonly mine: boolean }
  /** The holder is gone; the next run takes over by itself. */
  | { readonly kind: 'stale'; readonly holder?: Holder };

/** What was about to happen when a backup was made. */
export type BackupReason =
  /** A run; the migration is the first that it was to apply or undo, as the file's name tells it. */
  | { readonly kind: 'up' | 'down'; readonly migration: string }
  /** Another backup was to be restored. */
  | { readonly kind: 'restore' };

/** A copy of a database as it was at one moment. */
export interface Backup {
  /** The file's name, which `restore` is given. */
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  /** ISO 8601. */
  readonly at: string;
  readonly bytes: number;
  readonly reason: BackupReason;
}

/** How runs make backups. */
export interface BackupOptions {
  /** So many are kept, the newest; 0: none is made and none removed. */
  readonly keep: number;
  /** Databases larger than this are not copied. */
  readonly maxBytes: number;
}

export const defaultBackupOptions: BackupOptions = { keep: 5, maxBytes: 256 * 1024 * 1024 };

/** Without the history, that nothing is said to be applied or pending means nothing. */
export function isHistoryKnown({ look, error }: Pick<Status, 'look' | 'error'>): boolean {
  return !error && ['ok', 'empty', 'missing'].includes(look.state);
}

/** Applying migrations, or rolling them back. */
export type Direction = 'up' | 'down';

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

/** How far a run goes. */
export type Goal =
  | { readonly kind: 'all' }
  /** Up: through this migration. Down: everything applied after it; it stays. Id or version. */
  | { readonly kind: 'to'; readonly id: string }
  /** The next (up) or last (down) so many. */
  | { readonly kind: 'steps'; readonly steps: number };

/** One migration to be run in one direction. */
export interface Step {
  readonly direction: Direction;
  readonly migration: Migration;
}

/** What a run would do, computed from the folder and the history alone. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly findings: readonly Finding[];
  /** Not applied yet, in order, whether or not the goal reaches them. */
  readonly pending: readonly MigrationRef[];
}
