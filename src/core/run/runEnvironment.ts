import type { Connection, ConnectionFactory } from '../connection';
import type { Format } from '../formats/format';
import type { LogEntry } from '../history/runLog';
import type {
  Direction,
  Goal,
  Holder,
  Migration,
  MigrationRef,
  Owner,
  ProcessIdentity,
} from '../model';
import type { RunEvent } from './runEvents';
import type { MarkStore } from './runningMark';
import type { FileAccess, FileAccessCheck, TransactionMode, WaitLimits } from './runRequest';

/** What a run does, decided before it starts. */
export interface RunJob {
  /** Names the run in the log. */
  readonly id: string;
  readonly direction: Direction;
  readonly goal: Goal;
  /**
   * The versions that the person saw and meant. A goal counted in steps is relative: without this a
   * loser who waited would roll back one more than anybody asked for.
   */
  readonly intended?: readonly string[];
  readonly wait: WaitLimits;
  /** Milliseconds of `wait.totalMs` already spent on the sentinel. */
  readonly waitedMs: number;
  readonly transaction: TransactionMode;
  readonly owner: Owner & ProcessIdentity;
  readonly fileAccess?: FileAccess;
}

/** What a run needs beside its job. */
export interface RunEnvironment {
  readonly factory: ConnectionFactory;
  readonly format: Format;
  readonly migrations: readonly Migration[];
  readonly log: RunLog;
  readonly marks: MarkStore;
  readonly control: RunControl;
  readonly checkFileAccess: FileAccessCheck;
  /**
   * Called once, in the write transaction that read the history and before the first change, when
   * there is something to do. Absent where no backup is wanted.
   * @returns absolute path of the copy; undefined where none was needed
   * @throws `backup.failed`, `run.cancelled`: nothing is run then
   */
  readonly backUp?: (open: Connection, first: MigrationRef) => Promise<string | undefined>;
  emit(event: RunEvent): void;
  /** The card of whoever else holds the sentinel now, to be named while we wait. */
  otherHolder(): Holder | undefined;
}

/** The append-only log beside the database. Detail, never truth. */
export interface RunLog {
  /** The latest entry of each version. */
  read(): ReadonlyMap<string, LogEntry>;
  /** Survives the process, if not yet a power failure, when it returns. Throws what the file system says. */
  append(entries: readonly LogEntry[]): void;
}

/** How the thread that runs and the thread that watches it talk while SQL runs. */
export interface RunControl {
  readonly cancelled: boolean;
  /** Waits, in milliseconds; returns early when the run is cancelled. */
  sleep(ms: number): void;
  /** Announces that a COMMIT is under way, so that the process is not killed for being slow. */
  committing<T>(commit: () => T): T;
}
