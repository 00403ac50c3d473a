import { NotificationType, NotificationType0, RequestType } from 'vscode-jsonrpc/node';
import type {
  Backup,
  Direction,
  FormatName,
  Goal,
  LockState,
  Owner,
  Status,
  Target,
} from '../core/model';
import type { EngineInfo, EngineName } from '../core/connection';
import type {
  MarkRequest,
  MarkResult,
  AppliedSource,
  SchemaComparison,
  MissingFiles,
} from '../core/drift';
import type { CheckResult, CopyInfo, Rehearsal } from '../core/rehearsal/rehearsal';
import type { RehearsalReport } from '../core/rehearsal/rehearsalJob';
import {
  defaultRehearseMaxBytes,
  type FileAccess,
  type RestoreRequest,
  type RestoreResult,
  type RunRequest,
  type TransactionMode,
} from '../core/run/runRequest';
import type { RunEvent, RunResult } from '../core/run/runEvents';

/**
 * What a window asks of its migrator process. Each request is answered by the service's method of
 * the same name; errors cross as `ResponseError` whose `data` is an `ErrorInfo`.
 */

/** Finds the workspace's databases and migrations, paired. Cancellable. */
export const discoverRequest = new RequestType<DiscoverRequest, Discovery, unknown>('discover');

/** Looks at one database and its folder. Creates no file and no table. */
export const statusRequest = new RequestType<Target, Status, unknown>('status');

/** Looks at the sentinel only: cheap, opens no database. The parameter is the database's path. */
export const lockRequest = new RequestType<{ database: string }, LockState, unknown>('lock');

/** Runs. Cancelling the request ends the run within a second; the answer then says `cancelled`. */
export const runRequest = new RequestType<{ runId: number; run: RunRequest }, RunResult, unknown>(
  'run',
);

/** Lists a database's backups, newest first; opens no database. The parameter is its path. */
export const backupsRequest = new RequestType<{ database: string }, readonly Backup[], unknown>(
  'backups',
);

/**
 * Makes a database again what a backup says, under the lock, with a copy of what was there first.
 * Cancelling the request ends it within a second, with nothing restored.
 */
export const restoreRequest = new RequestType<
  { runId: number; restore: RestoreRequest },
  RestoreResult,
  unknown
>('restore');

/** What happens in a run or a restore, from its request to its answer. */
export const runEventsNotification = new NotificationType<{
  runId: number;
  events: readonly RunEvent[];
}>('run/events');

/** Tries migrations on a copy. Creates, changes and locks nothing beside the database. Cancellable. */
export const previewRequest = new RequestType<RehearsalRequest, Rehearsal, unknown>('preview');

/** Tries the text of a migration file, saved or not. Cancellable; the newest request should win. */
export const checkRequest = new RequestType<CheckRequest, CheckResult, unknown>('check');

/** Tries them in the engine that would run them, on a copy in the given folder of ours. */
export const attemptRequest = new RequestType<
  { request: RehearsalRequest; folder: string },
  NativeAttempt,
  unknown
>('attempt');

/**
 * Removes the sentinel only. Refused with `lock.live` while it is held, unless `force`. The answer
 * is the state that was removed.
 */
export const breakLockRequest = new RequestType<
  { database: string; force: boolean },
  LockState,
  unknown
>('breakLock');

/** Decides about an interrupted step: run it again from its start, or record it as applied. */
export const resolveInterruptedRequest = new RequestType<
  { target: Target; decision: 'retry' | 'markApplied' },
  void,
  unknown
>('resolveInterrupted');

/** What ran of an applied migration, and what its file says now. */
export const ranRequest = new RequestType<AppliedMigration, AppliedSource, unknown>('ran');

/** Makes an edited file's text the accepted one; only the run log is written. */
export const acceptEditedRequest = new RequestType<
  AppliedMigration & { checksum: string; owner: Owner },
  void,
  unknown
>('acceptEdited');

/** Where the files of applied migrations are that are not here. Runs git; for trusted workspaces. */
export const locateMissingFilesRequest = new RequestType<Target, MissingFiles, unknown>(
  'locateMissingFiles',
);

/** Writes the file of such a migration again; never overwrites. Runs git. */
export const restoreFileRequest = new RequestType<AppliedMigration, RestoredMigration, unknown>(
  'restoreFile',
);

/** Compares the schema that migrations make with the one a database has. Changes nothing. Cancellable. */
export const compareSchemaRequest = new RequestType<CompareRequest, SchemaComparison, unknown>(
  'compareSchema',
);

/** Records pending migrations as applied without running them, under the lock. Cancellable. */
export const markAppliedRequest = new RequestType<MarkRequest, MarkResult, unknown>('markApplied');

/** Creates the next migration's file(s); never overwrites. */
export const newMigrationRequest = new RequestType<
  NewMigrationRequest,
  NewMigrationResult,
  unknown
>('newMigration');

/** The process ends itself on purpose, after a cancelled statement that cannot be interrupted. */
export const leavingNotification = new NotificationType0('leaving');

/** What is to be tried, and how hard. Plain data, sent to the migrator process as it is. */
export interface RehearsalRequest {
  readonly target: Target;
  readonly direction: Direction;
  readonly goal: Goal;
  /** See `RunJob`. */
  readonly intended?: readonly string[];
  readonly transaction: TransactionMode;
  /** See `RunRequest`. */
  readonly fileAccess?: FileAccess;
  /** The engine of the run that is rehearsed. */
  readonly engine: EngineName | 'auto';
  /** Whether SQL of this workspace may run in an engine that could reach files. */
  readonly trusted: boolean;
  readonly limits: RehearsalLimits;
  /** Names what is to be tried, see `contentName`: what was tried just before is not tried again. */
  readonly content?: string;
  /** `run`: only what all steps do together; quicker for hundreds of them. */
  readonly detail?: 'steps' | 'run';
  /** Not on a copy of the database, but as if there were none. */
  readonly from?: 'empty';
  /** What is to be applied afterwards, where all of it works. */
  readonly again?: Goal;
}

interface RehearsalLimits {
  /** Bytes; of a larger database only the schema is tried. */
  readonly maxBytes: number;
  /** Milliseconds for the migrations, the copy not counted. */
  readonly maxMs: number;
}

export const defaultRehearsalLimits: RehearsalLimits = {
  maxBytes: defaultRehearseMaxBytes,
  maxMs: 10_000,
};

export interface DiscoverRequest {
  /** Absolute paths of workspace folders. */
  readonly roots: readonly string[];
  /** Pairs stated by the person; they come first and are not searched for again. */
  readonly stated: readonly Target[];
  /** Glob patterns of folders and files not to search, relative to a root (`files.exclude`). */
  readonly exclude: readonly string[];
  /**
   * Variables of the process that override the first root's `.env`, as dbmate has it: `DATABASE_URL`,
   * `DBMATE_MIGRATIONS_DIR`. Given by terminals, whose environment the person made for that folder.
   */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a search of the workspace found. */
export interface Discovery {
  readonly targets: readonly DiscoveredTarget[];
  /** Folders in a layout Lockstep recognises and does not run (goose, Flyway, …). */
  readonly unsupported: readonly { readonly folder: string; readonly layout: string }[];
  /** SQLite databases to which no migrations were found. */
  readonly unpaired: readonly string[];
  /** True when a limit (files, opens, time) ended the search early. */
  readonly incomplete: boolean;
}

export interface DiscoveredTarget extends Target {
  readonly format: FormatName;
  /**
   * Why these belong together. `databaseUrl`: the person named the database, it may be missing yet.
   * `create`: there is no database, and `database` is only a proposal.
   */
  readonly because: 'stated' | 'history' | 'databaseUrl' | 'neighbour' | 'create';
}

/** A migration file's text, saved or not, to be tried. Plain data. */
export interface CheckRequest {
  readonly target: Target;
  /** Absolute path, as the target's folder has it. */
  readonly file: string;
  /** As the editor shows it; no byte order mark. */
  readonly text: string;
  readonly engine: EngineName | 'auto';
  /** See `RehearsalRequest`. */
  readonly trusted: boolean;
  readonly fileAccess?: FileAccess;
  readonly limits: RehearsalLimits;
}

/** What came of a rehearsal in the engine that would run the migrations. */
export interface NativeAttempt {
  readonly report: RehearsalReport;
  readonly copy: CopyInfo;
  readonly engine: EngineInfo;
}

/** Which migrations are to be recorded, and how to find out what they make. */
export type CompareRequest = Omit<RehearsalRequest, 'direction' | 'from' | 'detail' | 'intended'>;

/** One of the migrations that a database has. */
export interface AppliedMigration {
  readonly target: Target;
  /** As the history records it. */
  readonly version: string;
}

export interface RestoredMigration {
  /** Absolute paths, the way on first. */
  readonly files: readonly string[];
  /** Where the text comes from. `log`: it is what ran, with the format's own marks around it. */
  readonly from: 'git' | 'log';
  /** The branch, where it is from one. */
  readonly branch?: string;
}

export interface NewMigrationRequest {
  readonly target: Target;
  /** As the person typed it; made safe for a file name. */
  readonly name: string;
  /** The version of an edited migration whose change it is to bring to databases that have it. */
  readonly followsUp?: string;
}

export interface NewMigrationResult {
  readonly files: readonly string[];
  /** Where the person starts to type in the first file; counts from 1. */
  readonly line: number;
  readonly column: number;
}

/** Endings that people give to the names of SQLite files. */
export const databaseExtensions: readonly string[] =
  '.db .sqlite .sqlite2 .sqlite3 .db2 .db3 .s3db .sl3 .sl2 .sdb'.split(' ');

/** Folders that hold no database and no migrations of the project, whatever the settings say. */
export const skippedFolders: ReadonlySet<string> = new Set([
  'node_modules',
  'bower_components',
  '.git',
  '.hg',
  '.svn',
  '.jj',
  '.lockstep',
  '.cache',
  '.npm',
  '.yarn',
  '.pnpm-store',
  '.venv',
  '.tox',
  '.gradle',
  '.vscode-test',
  '__pycache__',
]);
