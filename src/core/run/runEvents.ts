import type { EngineInfo } from '../connection';
import type { CannotReason, ErrorCode, ErrorInfo } from '../errors';
import type { Direction, Finding, Holder, HolderName, MigrationRef } from '../model';
import type { Losses } from '../schema/tableChanges';

/** What happens in a run, as it happens; views and logs render these. */
export type RunEvent =
  /** Somebody else works. Sent at growing intervals; `level` grows with the wait. */
  | {
      readonly type: 'waiting';
      /** `sentinel`: another Lockstep. `database`: SQLite's own lock, perhaps a foreign program. */
      readonly on: 'sentinel' | 'database';
      readonly holder?: Holder;
      readonly attempt: number;
      readonly waitedMs: number;
      readonly delayMs: number;
      readonly level: 'debug' | 'info' | 'warning';
    }
  /** A holder that died was replaced. */
  | { readonly type: 'tookOver'; readonly holder?: Holder }
  | { readonly type: 'locked'; readonly waitedMs: number }
  /** The sentinel could not be used (read-only folder, …); the run goes on, SQLite's lock protects it. */
  | { readonly type: 'unguarded'; readonly message: string }
  | {
      readonly type: 'planned';
      readonly direction: Direction;
      readonly steps: readonly MigrationRef[];
    }
  | { readonly type: 'finding'; readonly finding: Finding }
  /** The database was copied before anything in it is changed. `file` is an absolute path. */
  | {
      readonly type: 'backedUp';
      readonly file: string;
      readonly bytes: number;
      readonly ms: number;
    }
  /** `empty`: there is nothing in it that could be lost. `limit` in bytes. */
  | {
      readonly type: 'backupSkipped';
      readonly reason: 'tooLarge' | 'empty';
      readonly bytes: number;
      readonly limit: number;
    }
  /** `step` counts from 1. */
  | {
      readonly type: 'stepStarted';
      readonly direction: Direction;
      readonly migration: MigrationRef;
      readonly step: number;
      readonly steps: number;
    }
  /**
   * This migration failed in a group with others, which was undone. They start once more, one by
   * one, so that those before it stay.
   */
  | { readonly type: 'replaying'; readonly migration: MigrationRef }
  /** Said only after COMMIT. */
  | {
      readonly type: 'stepDone';
      readonly done: StepResult;
      readonly step: number;
      readonly steps: number;
    }
  /** Tried on a copy; nothing has been changed yet. */
  | { readonly type: 'rehearsed'; readonly rehearsal: RehearsalSummary }
  | { readonly type: 'stepFailed'; readonly migration: MigrationRef; readonly error: ErrorInfo }
  /** Somebody else did it while we waited. */
  | {
      readonly type: 'alreadyDone';
      readonly migration: MigrationRef;
      readonly holder?: HolderName;
    };

/** A rehearsal in short, for events and logs. */
export interface RehearsalSummary {
  readonly verdict: 'works' | 'schemaOnly' | 'fails' | 'cannot';
  /** How many migrations were to be tried, and how many of them work. */
  readonly steps: number;
  readonly works: number;
  readonly losses: Losses;
  /** The first that cannot be tried. */
  readonly cannot?: {
    readonly migration: string;
    readonly reason: CannotReason;
    readonly detail?: string;
  };
  readonly copy: 'full' | 'schema' | 'empty' | 'none';
  readonly engine: EngineInfo;
  readonly ms: number;
}

export interface StepResult {
  readonly migration: MigrationRef;
  readonly direction: Direction;
  readonly ms: number;
  /** Rows inserted, updated or deleted. */
  readonly rows: number;
}

/** How a run ended; one word each for exit codes and icons. */
export type Outcome =
  | 'done'
  | 'failed'
  | 'refused'
  /** Nothing was run: it would delete more than was agreed to, and somebody is to be asked. */
  | 'unconfirmed'
  | 'timeout'
  | 'cancelled'
  | 'invalid';

export interface RunResult {
  readonly outcome: Outcome;
  /** Done by this run and committed, in order. */
  readonly applied: readonly StepResult[];
  /** Planned by this run, found done by somebody else after the wait. */
  readonly alreadyApplied: readonly MigrationRef[];
  /** Who did, or still does, the work instead of us. */
  readonly holder?: HolderName;
  /** Left pending (up) or applied (down) of what was planned. */
  readonly remaining: readonly MigrationRef[];
  /** On cancel: the migration that was in the middle and was undone, or is marked as interrupted. */
  readonly interrupted?: MigrationRef;
  readonly findings: readonly Finding[];
  /** Absolute path of the copy that was made before anything was changed. */
  readonly backup?: string;
  readonly error?: ErrorInfo;
  /** It would fail as `error` says. That was found out on a copy, so nothing was changed. */
  readonly rehearsed?: boolean;
  /** Then: the last migration before the one that fails. A run up to it would work. */
  readonly applies?: string;
  /** Where it is `unconfirmed`: what it would delete. */
  readonly losses?: Losses;
  readonly ms: number;
  readonly engine?: EngineInfo;
}

/** One word for how a run with this error ended; exit codes follow from it. */
export function outcomeOf(code: ErrorCode): Outcome {
  switch (code) {
    case 'run.cancelled':
      return 'cancelled';
    case 'lock.timeout':
      return 'timeout';
    case 'sql.failed':
    case 'sql.newer':
    case 'sql.transactionEnded':
    case 'foreignKeys.violated':
    case 'children.vanished':
    case 'database.full':
    case 'database.io':
    case 'internal':
    case 'migrator.crashed':
      return 'failed';
    case 'migrations.folderMissing':
    case 'migrations.none':
    case 'migrations.invalid':
    case 'migrations.tooMuch':
    case 'sql.parameters':
    case 'database.notADatabase':
    case 'database.missing':
    case 'database.folderMissing':
    case 'goal.unknown':
    case 'backup.unknown':
    case 'engine.unavailable':
    case 'target.none':
    case 'target.several':
    case 'usage':
      return 'invalid';
    default:
      return 'refused';
  }
}
