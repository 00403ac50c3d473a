import type { EngineName } from './connection';
import type { ErrorInfo } from './errors';
import type { Finding } from './finding';
import type { HistoryEntry } from './history/historyEntry';
import type { LockState } from './holder';
import type { MigrationRef } from './migration';
import type { FormatName, Target } from './target';

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
  readonly engine?: { readonly name: EngineName; readonly sqliteVersion: string };
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
