import type { EngineName } from '../connection';
import type { ErrorInfo, Place } from '../errors';
import type { LintWarning } from '../lint/rule';
import type { Direction, Finding, MigrationRef } from '../model';

/** What migrations would do, found out on a copy. Plain data. */
export interface Rehearsal {
  /**
   * `works`: each of them, on the data. `schemaOnly`: they fit the schema, the data is not checked.
   * `fails`: a run would. `cannot`: not all of it can be tried here. Nothing to do is `works`.
   */
  readonly verdict: 'works' | 'schemaOnly' | 'fails' | 'cannot';
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

export interface EngineInfo {
  readonly name: EngineName;
  /** SQLite's own version, e.g. `3.53.4`. */
  readonly sqliteVersion: string;
}

/** What a rehearsal worked on. */
export interface CopyInfo {
  /** `empty`: there is no database yet, or nothing in it. `none`: it could not be copied. */
  readonly kind: 'full' | 'schema' | 'empty' | 'none';
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
  /** What bites in its way up, although it may work; absent where nothing does. */
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

/** Why a migration cannot be tried here. */
export type CannotReason =
  | 'module'
  | 'function'
  | 'collation'
  | 'extension'
  /** The engine that would run it is newer and understands it. */
  | 'newer'
  /** ATTACH, VACUUM INTO: it depends on other files. */
  | 'file'
  /** Fails on the schema alone; with the data it may not. */
  | 'data'
  | 'time'
  | 'memory'
  /** The engine gave up. */
  | 'crash'
  /** There is no copy of the database to try it on. */
  | 'copy';

/** A table, index, view or trigger. */
export interface SchemaObject {
  readonly type: string;
  readonly name: string;
  /** The table it belongs to; its own name for tables and views. */
  readonly table: string;
  /** As SQLite keeps it. */
  readonly sql: string;
}

export interface SchemaChange {
  readonly change: 'added' | 'removed' | 'changed';
  readonly type: string;
  readonly name: string;
  /** The table it belongs to. */
  readonly table: string;
  /** SQL; absent where it was added. */
  readonly before?: string;
  /** SQL; absent where it was removed. */
  readonly after?: string;
}

/** What happens to a table. Numbers of rows are absent where only the schema was there to try. */
export interface TableChange {
  readonly table: string;
  readonly renamedFrom?: string;
  /** Absent where the table is new. */
  readonly rowsBefore?: number;
  /** Absent where the table is gone. */
  readonly rowsAfter?: number;
  readonly created: boolean;
  readonly dropped: boolean;
  /** A row replaced counts as changed; one deleted and inserted again as both. */
  readonly rowsAdded: number;
  readonly rowsRemoved: number;
  readonly rowsChanged: number;
  /** Rows are deleted, and how many could not be counted: only the schema was there to try. */
  readonly uncounted?: true;
  readonly columnsAdded: readonly string[];
  readonly columnsRemoved: readonly string[];
  readonly columnsRenamed: readonly { readonly from: string; readonly to: string }[];
}

/** What a person may want to be asked about first. */
export interface Losses {
  readonly rows: number;
  /** As `table.column`; only of tables that had rows, or whose rows are not known. */
  readonly columns: readonly string[];
  /** Tables dropped that had rows, or whose rows are not known. */
  readonly tables: readonly string[];
  /** Tables of which rows are deleted, nobody knows how many. */
  readonly uncounted?: readonly string[];
}

/** What a file's text would do, saved or not, after all that is pending before it. Plain data. */
export interface CheckResult {
  /** `applied`: the text will not run any more, and is not tried. `none`: no migration of the target. */
  readonly state: 'pending' | 'applied' | 'none';
  readonly migration?: MigrationRef;
  /** In the order of the file; empty when it works. */
  readonly problems: readonly CheckProblem[];
  /** What bites although it may work; in the order of the file. Only of what is pending. */
  readonly lint: readonly LintWarning[];
  /** A migration before it that fails or cannot be tried: so this one was not. */
  readonly blockedBy?: MigrationRef;
  /** Which of the two. */
  readonly blockedWhy?: 'fails' | 'cannot';
  /** Why none of the migrations would be run, so that none was tried. */
  readonly refused?: ErrorInfo;
  /** What the way on does, and the way back where there is one. Absent where not tried. */
  readonly up?: RehearsedStep;
  readonly down?: RehearsedStep;
  /** What is not as it was after the way on and the way back. */
  readonly notUndone: readonly SchemaChange[];
  /** The tables and views before and after the way on; after is as before where it does not work. */
  readonly before: readonly TableShape[];
  readonly after: readonly TableShape[];
  /** Absent where nothing was tried. */
  readonly engine?: EngineInfo;
  readonly runEngine?: EngineInfo;
  /** Only the schema was tried, or nothing could be copied. */
  readonly copy?: 'full' | 'schema' | 'empty' | 'none';
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

/** A table or view as somebody who writes SQL needs it. */
export interface TableShape {
  readonly name: string;
  readonly type: 'table' | 'view' | 'virtual';
  readonly columns: readonly ColumnShape[];
}

export interface ColumnShape {
  readonly name: string;
  /** As declared; empty where nothing was. */
  readonly type: string;
  readonly notNull: boolean;
  readonly primaryKey: boolean;
  /** SQL of its default. */
  readonly default?: string;
}

/** A rehearsal in short, for events and logs. */
export interface RehearsalSummary {
  readonly verdict: Rehearsal['verdict'];
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
  readonly copy: CopyInfo['kind'];
  readonly engine: EngineInfo;
  readonly ms: number;
}

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

/** Nothing of what is there. */
export const noLosses: Losses = { rows: 0, columns: [], tables: [] };

/** Whether more would be deleted than was agreed to. */
export function exceedsLosses(
  { rows, columns, tables, uncounted = [] }: Losses,
  agreed: Losses,
): boolean {
  return (
    rows > agreed.rows ||
    uncounted.some((table) => !agreed.uncounted?.includes(table)) ||
    columns.some((column) => !agreed.columns.includes(column)) ||
    tables.some((table) => !agreed.tables.includes(table))
  );
}

/**
 * Whether a run is tried on a copy first. `auto`: where it could stop half-way, and no longer than
 * nobody minds. `always`: also a single migration, and for as long as a preview may take.
 */
export type RehearseMode = 'auto' | 'always' | 'never';

export interface RehearseOptions {
  readonly mode: RehearseMode;
  /** Bytes; of a larger database only the schema is tried. */
  readonly maxBytes: number;
}

export const defaultRehearseMaxBytes = 64 * 1024 * 1024;
