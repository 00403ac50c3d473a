import type { EngineInfo, EngineName } from '../core/connection';
import type {
  AppliedSource,
  MarkRequest,
  MarkResult,
  MissingFiles,
  SchemaComparison,
} from '../core/drift';
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
import type { CheckResult, CopyInfo, Rehearsal } from '../core/rehearsal/rehearsal';
import type { RehearsalReport } from '../core/rehearsal/rehearsalJob';
import type { RunEvent, RunResult } from '../core/run/runEvents';
import {
  defaultRehearseMaxBytes,
  type FileAccess,
  type RestoreRequest,
  type RestoreResult,
  type RunRequest,
  type TransactionMode,
} from '../core/run/runRequest';

/**
 * What a window asks of its migrator process: what is asked, what is answered, and how. The service's
 * method of the same name answers; errors cross as `ResponseError` whose `data` is an `ErrorInfo`.
 * Cancelling has an effect on those that say so.
 */
export const operations = {
  /** Finds the workspace's databases and migrations, paired. Cancellable. */
  discover: read<DiscoverRequest, Discovery>(),
  /** Reads the state of one database and its folder. Creates no file and no table. */
  status: read<StatusRequest, Status>(),
  /** Reads the sentinel lock only: cheap, opens no database. */
  lock: read<DatabaseRequest, LockState>(),
  /** Runs. Cancelled, it ends within a second; the answer then says `cancelled`. */
  run: alone<RunRequest, RunResult>(),
  /** Lists a database's backups, newest first; opens no database. */
  backups: read<DatabaseRequest, readonly Backup[]>(),
  /**
   * Restores a backup under the lock, after a copy of what it replaces was made.
   * Cancelled, it ends within a second with nothing restored.
   */
  restore: alone<RestoreRequest, RestoreResult>(),
  /** Tries migrations on a copy. Creates, changes and locks nothing beside the database. Cancellable. */
  preview: read<RehearsalRequest, Rehearsal>(),
  /** Tries the text of a migration file, saved or not. Cancellable; the newest request should win. */
  check: once<CheckRequest, CheckResult>(),
  /** Tries them in the engine that would run them, on a copy in the given folder of ours. */
  attempt: once<{ request: RehearsalRequest; folder: string }, NativeAttempt>(),
  /**
   * Removes the sentinel only. Refused with `lock.live` while it is held, unless `force`. The answer
   * is the state that was removed.
   */
  breakLock: once<DatabaseRequest & { force: boolean }, LockState>(),
  /** Decides about an interrupted step: run it again from its start, or record it as applied. */
  resolveInterrupted: inThread(once<InterruptedDecision, void>()),
  /** The source of an applied migration as it ran, and as its file is now. */
  readAppliedSource: inThread(read<AppliedMigration, AppliedSource>()),
  /** Makes an edited file's text the accepted one; only the run log is written. */
  acceptEdited: inThread(once<AppliedMigration & { checksum: string; owner: Owner }, void>()),
  /** Finds out where the missing files of applied migrations are. Runs git; for trusted workspaces. */
  locateMissingFiles: read<Target, MissingFiles>(),
  /** Restores the missing file of an applied migration; never overwrites. Runs git. */
  restoreFile: once<AppliedMigration, RestoredMigration>(),
  /** Compares the schema that migrations make with the one a database has. Changes nothing. Cancellable. */
  compareSchema: read<CompareRequest, SchemaComparison>(),
  /** Records pending migrations as applied without running them, under the lock. Cancellable. */
  markApplied: alone<MarkRequest, MarkResult>(),
  /** Creates the next migration's file(s); never overwrites. */
  newMigration: once<NewMigrationRequest, NewMigrationResult>(),
};

/** The types of one operation, and how the window's client has it done. */
interface OperationType<A, R> {
  readonly mode: 'read' | 'once' | 'alone';
  /** For the compiler; nothing is there at run time. */
  readonly types?: { readonly ask: A; readonly answer: R };
}

/** Changes nothing: asked once more when the process died under it. */
function read<A, R>(): OperationType<A, R> {
  return { mode: 'read' };
}

/** Asked once. */
function once<A, R>(): OperationType<A, R> {
  return { mode: 'once' };
}

/**
 * Asked once, of a process that does nothing else of the kind: cancelling it may end the process,
 * where a statement runs that nothing else would end.
 */
function alone<A, R>(): OperationType<A, R> {
  return { mode: 'alone' };
}

/** Answered by a function of the database thread as it is asked, so that it is a call there, too. */
function inThread<A, R>(type: OperationType<A, R>): ThreadOperationType<A, R> {
  return { ...type, inThread: true };
}

interface ThreadOperationType<A, R> extends OperationType<A, R> {
  readonly inThread: true;
}

export type Operation = keyof typeof operations;

type Operations = {
  [O in Operation]: NonNullable<(typeof operations)[O]['types']>;
};

/** Those that a database thread answers as they are. */
export type ThreadOperations = {
  [O in Operation as (typeof operations)[O] extends { inThread: true } ? O : never]: Operations[O];
};

export type Ask<O extends Operation> = Operations[O]['ask'];
export type Answer<O extends Operation> = Operations[O]['answer'];

/** What does the operations; `main` calls it for a window. */
export type Handlers = {
  [O in Operation]: (ask: Ask<O>, options?: HandlerOptions) => Promise<Answer<O>>;
};

export interface HandlerOptions {
  readonly signal?: AbortSignal;
  /** Gets what happens while it happens, all of it before the answer. */
  onEvents?(events: readonly RunEvent[]): void;
}

/** An operation's request as it crosses. */
export interface OperationCall<O extends Operation = Operation> {
  /** Unique in the process that is asked. */
  readonly id: number;
  readonly ask: Ask<O>;
}

/** What happens between an operation's request and its answer. */
export const eventsNotification = 'events';

export interface OperationEvents {
  readonly id: OperationCall['id'];
  readonly events: readonly RunEvent[];
}

/** The process ends itself on purpose, after a cancelled statement that cannot be interrupted. */
export const leavingNotification = 'leaving';

/** Names a database alone. */
export interface DatabaseRequest {
  /** Absolute path. */
  readonly database: string;
}

export interface StatusRequest extends Target {
  readonly engine?: EngineName | 'auto';
}

/** What a person decided about a step that was interrupted outside a transaction. */
export interface InterruptedDecision {
  readonly target: Target;
  readonly decision: 'retry' | 'markApplied';
}

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
  /** Absolute paths, the up script first. */
  readonly files: readonly string[];
  /** Where the text comes from. `log`: it is what ran, with the format's own directives around it. */
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
