import type { EngineName } from '../connection';
import type { ErrorInfo } from '../errors';
import type {
  Backup,
  BackupOptions,
  Direction,
  Goal,
  HolderName,
  MigrationRef,
  Owner,
  Target,
} from '../model';
import type { Losses } from '../schema/tableChanges';
import type { Outcome } from './runEvents';

/**
 * What shares a transaction. `each`: one migration, one transaction. `grouped`: consecutive ones as
 * long as the group is young, which only the clock shows. `all`: the whole run or nothing.
 */
export type TransactionMode = 'each' | 'grouped' | 'all';

export interface WaitLimits {
  /** Milliseconds after which the connection is opened anew. */
  readonly attemptMs: number;
  /** Milliseconds for the whole wait, sentinel and database together. */
  readonly totalMs: number;
  /** Milliseconds of silence after which a holder on another host counts as dead. */
  readonly staleMs: number;
}

export const defaultWaitLimits: WaitLimits = {
  attemptMs: 30_000,
  totalMs: 120_000,
  staleMs: 60_000,
};

/** Everything a run needs to know; plain data, sent to the migrator process as it is. */
export interface RunRequest {
  readonly target: Target;
  readonly direction: Direction;
  readonly goal: Goal;
  readonly owner: Owner;
  readonly engine: EngineName | 'auto';
  readonly wait: WaitLimits;
  readonly transaction: TransactionMode;
  /** The database's folder alone where absent. */
  readonly fileAccess?: FileAccess;
  /** Not at all where absent. */
  readonly rehearse?: RehearseOptions;
  /**
   * What may be deleted of what is there. A rehearsal that deletes more ends the run as `unconfirmed`
   * before anything is changed, and each run is rehearsed for it, unless none may be. Absent: whatever
   * the migrations say, for where nobody can be asked.
   */
  readonly agreed?: Losses;
  /** `defaultBackupOptions` where absent. */
  readonly backup?: BackupOptions;
}

/**
 * Whether a run is tried on a copy first. `auto`: where it could stop half-way, and only as long
 * as it is not noticed. `always`: also a single migration, and for as long as a preview may take.
 */
export type RehearseMode = 'auto' | 'always' | 'never';

export interface RehearseOptions {
  readonly mode: RehearseMode;
  /** Bytes; of a larger database only the schema is tried. */
  readonly maxBytes: number;
}

export const defaultRehearseMaxBytes = 64 * 1024 * 1024;

/** Asks for a database to become again what a backup of it says. */
export interface RestoreRequest {
  /** Absolute path as the person knows it; need not exist. */
  readonly database: string;
  /** Of one of the database's backups. */
  readonly name: string;
  readonly owner: Owner;
  readonly engine: EngineName | 'auto';
  readonly wait: WaitLimits;
  /** See `BackupOptions`; the copy of what is replaced is made in any case. */
  readonly keep?: number;
}

export interface RestoreResult {
  readonly outcome: Outcome;
  /** What the database is now. Set only where `outcome` is `done`. */
  readonly restored?: Backup;
  /** Absolute path of the copy of what was there before; absent where nothing was. */
  readonly backup?: string;
  /** A migration that had been interrupted after the backup was made, so that it no longer is. */
  readonly undone?: MigrationRef;
  /** Who still has the lock that we did not get. */
  readonly holder?: HolderName;
  readonly error?: ErrorInfo;
  readonly ms: number;
}

/**
 * Which files the SQL of migrations may open or write beside the database (ATTACH, VACUUM INTO):
 * those in the database's folder always, those in `folders` too, or all.
 */
export type FileAccess = 'anywhere' | { readonly folders: readonly string[] };

/**
 * Why a file may not be reached. `itself`: it is the database, or belongs to it; a second connection
 * waits for the first for ever. `uri`: its parameters can switch locking off. `computed`: it is not
 * known before the statement runs.
 */
type FileAccessRefusal = 'outside' | 'itself' | 'uri' | 'computed';

/** @returns why SQL may not reach a file, named as SQL does; undefined where it may */
export type FileAccessCheck = (file: string) => FileAccessRefusal | undefined;
