import type { Connection, ConnectionFactory } from '../connection';
import type { Format } from '../formats/format';
import type { LatestEntries } from '../history/runLog';
import type { Direction, Goal, Migration } from '../model';
import type { RunControl } from '../run/runEnvironment';
import type { RunEvent } from '../run/runEvents';
import type { FileAccessCheck, TransactionMode } from '../run/runRequest';
import type { Rehearsal } from './rehearsal';

/** What is to be tried. */
export interface RehearsalJob {
  readonly direction: Direction;
  readonly goal: Goal;
  /** See `RunJob`. */
  readonly intended?: readonly string[];
  readonly transaction: TransactionMode;
  /** `run`: what all steps do together, not each; for when only the sum is shown. */
  readonly detail: 'steps' | 'run';
  /** The copy has the rows, not only the schema. */
  readonly rows: boolean;
  /** The engine that tries it is the one that would run it: what it lacks, the run lacks too. */
  readonly definite: boolean;
  /** What is to be applied afterwards, on the same copy, where all of it works. */
  readonly again?: Goal;
}

/** What a rehearsal needs; nothing of it may reach the database itself. */
export interface RehearsalEnvironment {
  /** Opens the copy. */
  readonly factory: ConnectionFactory;
  readonly format: Format;
  readonly migrations: readonly Migration[];
  readonly log: LatestEntries;
  readonly control: RunControl;
  /** As in the run: what it refuses is refused here, what it allows cannot be tried on a copy. */
  readonly checkFileAccess: FileAccessCheck;
  /** Sees a migration's statement just before it runs; may read. Whoever gives it lints by itself. */
  beforeStatement?(connection: Connection, statement: RehearsedStatement): void;
  /** Gets what happens while it happens. */
  emit?(event: RunEvent): void;
}

/** What comes of the run alone; its caller knows the rest. */
export type RehearsalReport = Omit<Rehearsal, 'copy' | 'engine' | 'runEngine' | 'ms'> & {
  /** The statements that were run, where somebody wants to compare engines. */
  readonly statements: readonly RehearsedStatement[];
  /**
   * The statement at which it failed was understood, and failed while it ran: of the rows, then, and
   * not of the engine.
   */
  readonly failedRunning?: boolean;
};

export interface RehearsedStatement {
  /** Index of its step. */
  readonly step: number;
  readonly text: string;
  /** Offset in its file's text; absent where the file is not here. */
  readonly start?: number;
}
