import type {
  BackupOptions,
  Direction,
  Finding,
  FormatName,
  Goal,
  MigrationRef,
  Owner,
  ProcessIdentity,
  Status,
  Target,
} from '../core/model';
import type { SchemaObject } from '../core/schema/schema';
import type { EngineInfo, EngineName } from '../core/connection';
import type { MarkResult } from '../core/drift';
import type { ErrorInfo, Place } from '../core/errors';
import type { SourceFile } from '../core/formats/format';
import type { HistoryTable } from '../core/history/historyTable';
import type { KnownMigration } from '../core/plan/reconcile';
import type { CheckResult, CopyInfo } from '../core/rehearsal/rehearsal';
import type { RehearsalJob, RehearsalReport } from '../core/rehearsal/rehearsalJob';
import type { FileAccess, RestoreRequest, RestoreResult, WaitLimits } from '../core/run/runRequest';
import type { RunControl, RunJob } from '../core/run/runEnvironment';
import type { RunEvent } from '../core/run/runEvents';
import type { RunReport } from '../core/run/runMigrations';
import type { Probe } from '../sqlite/engine';
import type { ThreadOperations } from './protocol';

/** What a database thread is asked; one at a time, in order. Some operations it answers as they are. */
export interface ThreadCalls extends ThreadOperations {
  status: { ask: { target: Target }; answer: DatabaseStatus };
  plan: { ask: PlanAsk; answer: PlanPreview };
  probe: { ask: { paths: readonly string[] }; answer: Probe[] };
  versions: { ask: { path: string; table: HistoryTable }; answer: string[] | undefined };
  run: {
    ask: { target: Target; job: RunJob; token?: string; backup?: BackupOptions };
    answer: RunReport;
  };
  restore: { ask: RestoreAsk; answer: RestoreReport };
  /** The engine of this thread. */
  about: { ask: object; answer: EngineInfo };
  /** Its `bytes` are transferred. */
  copy: { ask: { target: Target; maxBytes: number }; answer: CopyAnswer };
  rehearse: { ask: RehearseAsk; answer: RehearsalReport };
  check: { ask: CheckAsk; answer: CheckAnswer };
  compile: { ask: CompileAsk; answer: Misunderstood[] };
  /** Makes the run logs durable, which otherwise follows an answer a little later. */
  syncLogs: { ask: object; answer: void };
  findApplied: { ask: AppliedAsk; answer: AppliedAnswer };
  baseline: { ask: BaselineAsk; answer: Baseline };
  markApplied: { ask: MarkAsk; answer: MarkReport };
}

export type CallName = keyof ThreadCalls;

export interface RestoreAsk {
  readonly request: RestoreRequest;
  /** Milliseconds of `request.wait.totalMs` already spent on the sentinel. */
  readonly waitedMs: number;
  /** Of our own sentinel. */
  readonly token?: string;
}

/** How a restore ended, but for what only its caller knows. */
export type RestoreReport = Omit<RestoreResult, 'ms' | 'holder'>;

/** A status without what only the main thread knows. */
export type DatabaseStatus = Omit<Status, 'lock'>;

/** A copy of a database. */
export interface CopyAnswer {
  readonly info: CopyInfo;
  /** As a file's; absent when the database is empty or could not be copied. */
  readonly bytes?: Uint8Array;
  /** Names what was copied and what is to be tried on it, see `contentName`. */
  readonly content: string;
  /** Why it could not be copied, where SQLite says. */
  readonly message?: string;
  readonly engine: EngineInfo;
}

interface RehearseAsk {
  readonly target: Target;
  readonly job: RehearsalJob;
  readonly fileAccess?: FileAccess;
  /** A database; transferred. None: an empty one. */
  readonly bytes?: Uint8Array;
  /** Where an engine that needs a file makes one. */
  readonly folder?: string;
}

export interface CheckAsk {
  readonly target: Target;
  readonly file: string;
  readonly text: string;
  readonly fileAccess?: FileAccess;
  /** Names the database's content. */
  readonly stamp: string;
  /** That content, where it was asked for. */
  readonly copy?: CopyInfo;
  readonly bytes?: Uint8Array;
}

export type CheckAnswer =
  /** The thread does not have the content of that stamp. */
  | { readonly type: 'needsCopy' }
  | {
      readonly type: 'done';
      readonly result: Omit<CheckResult, 'engine' | 'runEngine'>;
      /** Of the up script, to compare engines; absent where it was not tried. */
      readonly report?: RehearsalReport;
    };

interface CompileAsk {
  readonly target: Target;
  readonly direction: Direction;
  /** Where the statements are not what the file says. */
  readonly unsaved?: SourceFile;
  /** SQL that makes the schema. */
  readonly schema: readonly string[];
  readonly statements: readonly {
    readonly text: string;
    /** Where it stands: the migration's id and the offset in its file's text. */
    readonly migration: string;
    readonly start?: number;
  }[];
}

/** What the engine that would run the statements does not understand of them. */
export interface Misunderstood {
  /** Of the statement in the report. */
  readonly index: number;
  readonly message: string;
  readonly place?: Place;
}

export interface MarkAsk {
  readonly target: Target;
  readonly versions: readonly string[];
  readonly owner: Owner & ProcessIdentity;
  readonly wait: WaitLimits;
  /** Milliseconds of `wait.totalMs` already spent on the sentinel. */
  readonly waitedMs: number;
  /** Of our own sentinel. */
  readonly token?: string;
}

export type MarkReport = Omit<MarkResult, 'ms' | 'holder'>;

export interface BaselineAsk {
  readonly target: Target;
  readonly goal: Goal;
}

/** What marking the migrations of an existing database as applied is about. */
export interface Baseline {
  /** Pending, to be recorded as applied. */
  readonly record: readonly MigrationRef[];
  /** The versions of all whose work should be in the database then, as far as they have a file. */
  readonly made: readonly string[];
  /** Applied, but without a file. */
  readonly unknown: readonly MigrationRef[];
  readonly schema: readonly SchemaObject[];
}

export interface AppliedAsk {
  readonly target: Target;
  /** As the history records it; absent: all whose file is not here. */
  readonly version?: string;
}

export interface AppliedAnswer {
  readonly format: FormatName;
  readonly found: readonly KnownMigration[];
}

interface PlanAsk {
  readonly target: Target;
  readonly direction: Direction;
  readonly goal: Goal;
  /** Whether the answer names what the plan was made of, which takes its time. */
  readonly named: boolean;
}

/** What a run would do as things stand now, without a lock. */
export interface PlanPreview {
  /** Absent when the history could not be read without the lock; then only the run itself knows. */
  readonly steps?: readonly MigrationRef[];
  /** It is a single step in a transaction, which is undone as a whole when it fails. */
  readonly atomic?: boolean;
  /** A step outside a transaction was begun before and has not ended; the run itself judges that. */
  readonly marked?: boolean;
  /** Some of it has words that delete. */
  readonly deletes?: boolean;
  /** Names what the plan was made of, where that was asked for and something is to do; see `contentName`. */
  readonly content?: string;
  readonly findings: readonly Finding[];
  readonly engine?: { readonly name: EngineName; readonly sqliteVersion: string };
  /** Why no run is possible. */
  readonly error?: ErrorInfo;
}

export interface ThreadRequest {
  readonly id: number;
  readonly call: CallName;
  readonly ask: unknown;
}

export type ThreadReply =
  | { readonly id: number; readonly type: 'answer'; readonly answer: unknown }
  | { readonly id: number; readonly type: 'error'; readonly error: ErrorInfo }
  | { readonly id: number; readonly type: 'events'; readonly events: readonly RunEvent[] };

/** What a thread is started with. */
export interface ThreadData {
  readonly engine: EngineName;
  readonly memory: SharedArrayBuffer;
  /** Absolute path of sql.js' wasm file. */
  readonly wasm: string;
}

/** Cells of the memory that a thread and the main thread share. */
const cancelFlag = 0;
const committingFlag = 1;
const currentStep = 2;

/** The running thread's side: sees that it is cancelled even while it sleeps. */
export class ThreadControl implements RunControl {
  private readonly cells: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.cells = new Int32Array(memory);
  }

  public get cancelled(): boolean {
    return Atomics.load(this.cells, cancelFlag) === 1;
  }

  /** Shows which step has begun, from 1, without a message; 0 while none is known to have. */
  public showStep(step: number): void {
    Atomics.store(this.cells, currentStep, step);
  }

  public sleep(ms: number): void {
    Atomics.wait(this.cells, cancelFlag, 0, ms);
  }

  public committing<T>(commit: () => T): T {
    Atomics.store(this.cells, committingFlag, 1);
    try {
      return commit();
    } finally {
      Atomics.store(this.cells, committingFlag, 0);
    }
  }

  /** The same for what takes its time. */
  public async committingFor<T>(commit: () => Promise<T>): Promise<T> {
    Atomics.store(this.cells, committingFlag, 1);
    try {
      return await commit();
    } finally {
      Atomics.store(this.cells, committingFlag, 0);
    }
  }
}

/** The watching thread's side. */
export class ThreadControlWriter {
  public readonly memory = new SharedArrayBuffer(12);
  private readonly cells = new Int32Array(this.memory);

  /** See `ThreadControl.showStep`. */
  public get step(): number {
    return Atomics.load(this.cells, currentStep);
  }

  public get committing(): boolean {
    return Atomics.load(this.cells, committingFlag) === 1;
  }

  public cancel(): void {
    Atomics.store(this.cells, cancelFlag, 1);
    Atomics.notify(this.cells, cancelFlag);
  }

  public reset(): void {
    Atomics.store(this.cells, currentStep, 0);
    Atomics.store(this.cells, cancelFlag, 0);
  }
}

/**
 * The memory that a message between threads transfers instead of copying it: its `answer`'s or
 * `ask`'s `bytes`, a whole database perhaps.
 */
export function transferList(message: object): ArrayBuffer[] {
  const { answer, ask } = message as { answer?: unknown; ask?: unknown };
  const bytes = ((answer ?? ask) as { bytes?: Uint8Array } | null | undefined)?.bytes;
  return bytes?.buffer instanceof ArrayBuffer ? [bytes.buffer] : [];
}
