import type { EngineInfo } from '../connection';
import type { CannotReason, ErrorInfo, Place } from '../errors';
import type { LintWarning } from '../lint/rule';
import type { Direction, Finding, MigrationRef } from '../model';
import type { RehearsalSummary } from '../run/runEvents';
import type { SchemaChange, SchemaObject, TableShape } from '../schema/schema';
import type { Losses, TableChange } from '../schema/tableChanges';

/** What migrations would do, found out on a copy. Plain data. */
export interface Rehearsal {
  /**
   * `works`: each of them, on the data. `schemaOnly`: they fit the schema, the data is not checked.
   * `fails`: a run would. `cannot`: not all of it can be tried here. Nothing to do is `works`.
   */
  readonly verdict: RehearsalSummary['verdict'];
  readonly direction: Direction;
  /** In the order they would run. */
  readonly steps: readonly RehearsedStep[];
  /** The schema as it is, and as it would be after the last step that works; sorted. */
  readonly schemaBefore: readonly SchemaObject[];
  readonly schemaAfter: readonly SchemaObject[];
  /** All steps that work, together. */
  readonly tables: readonly TableChange[];
  /** What would be deleted of what is there now. */
  readonly losses: Losses;
  /** The last migration that works, where a later one fails: what a run could be told to stop at. */
  readonly applies?: string;
  /** Why it fails, or why nothing could be tried. */
  readonly error?: ErrorInfo;
  readonly findings: readonly Finding[];
  readonly copy: CopyInfo;
  /** The engine that tried it, and the one that would run it. */
  readonly engine: EngineInfo;
  readonly runEngine: EngineInfo;
  /** What came of applying again afterwards, where that was asked for and all of this works. */
  readonly again?: Pick<Rehearsal, 'verdict' | 'error' | 'losses'>;
  /** Milliseconds, the copy included. */
  readonly ms: number;
}

/** What a rehearsal worked on. */
export interface CopyInfo {
  /** `empty`: there is no database yet, or nothing in it. `none`: it could not be copied. */
  readonly kind: RehearsalSummary['copy'];
  /** Of the database. */
  readonly sizeBytes?: number;
  /** Why there is none: the state of the look that failed. */
  readonly state?: string;
}

/** One migration, tried. */
export interface RehearsedStep {
  readonly migration: MigrationRef;
  readonly direction: Direction;
  readonly verdict: StepVerdict;
  /** Milliseconds in the engine that tried it. */
  readonly ms: number;
  /** Nothing where it does not work. */
  readonly schema: readonly SchemaChange[];
  readonly tables: readonly TableChange[];
  /** What is dangerous in its up script, although it may work; absent where nothing is. */
  readonly lint?: readonly LintWarning[];
}

export type StepVerdict =
  | { readonly kind: 'works' }
  | { readonly kind: 'schemaOnly' }
  | { readonly kind: 'fails'; readonly error: ErrorInfo }
  | {
      readonly kind: 'cannot';
      readonly reason: CannotReason;
      /** The name of the module, function, …; else the engine's words. */
      readonly detail?: string;
      readonly place?: Place;
    }
  /** One before it fails or cannot be tried. */
  | { readonly kind: 'notReached' };

/** What a file's text would do, saved or not, after all that is pending before it. Plain data. */
export interface CheckResult {
  /** `applied`: the text will not run any more, and is not tried. `none`: no migration of the target. */
  readonly state: 'pending' | 'applied' | 'none';
  readonly migration?: MigrationRef;
  /** In the order of the file; empty when it works. */
  readonly problems: readonly CheckProblem[];
  /** What is dangerous although it may work; in the order of the file. Only of what is pending. */
  readonly lint: readonly LintWarning[];
  /** A migration before it that fails or cannot be tried: so this one was not. */
  readonly blockedBy?: MigrationRef;
  /** Which of the two. */
  readonly blockedWhy?: 'fails' | 'cannot';
  /** Why none of the migrations would be run, so that none was tried. */
  readonly refused?: ErrorInfo;
  /** What the up script does, and the down script where there is one. Absent where not tried. */
  readonly up?: RehearsedStep;
  readonly down?: RehearsedStep;
  /** What is not as it was after the up and the down script. */
  readonly notUndone: readonly SchemaChange[];
  /** The tables and views before and after the up script; after is as before where it fails. */
  readonly before: readonly TableShape[];
  readonly after: readonly TableShape[];
  /** Absent where nothing was tried. */
  readonly engine?: EngineInfo;
  readonly runEngine?: EngineInfo;
  /** Only the schema was tried, or nothing could be copied. */
  readonly copy?: CopyInfo['kind'];
}

export type CheckProblem =
  | { readonly kind: 'fails'; readonly direction: Direction; readonly error: ErrorInfo }
  | {
      readonly kind: 'cannot';
      readonly direction: Direction;
      readonly reason: CannotReason;
      readonly detail?: string;
      readonly place?: Place;
    };

/** A rehearsal in short. */
export function summaryOf({
  verdict,
  steps,
  losses,
  copy,
  engine,
  ms,
}: Rehearsal): RehearsalSummary {
  const works = steps.filter((step) => /^(works|schemaOnly)$/.test(step.verdict.kind)).length;
  const stuck = steps.find((step) => step.verdict.kind === 'cannot');
  const cannot = stuck?.verdict.kind === 'cannot' && {
    migration: stuck.migration.id,
    reason: stuck.verdict.reason,
    detail: stuck.verdict.detail,
  };
  const base = { verdict, steps: steps.length, works, losses, copy: copy.kind, engine, ms };
  return cannot ? { ...base, cannot } : base;
}
