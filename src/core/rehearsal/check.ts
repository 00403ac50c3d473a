import type { ErrorInfo, Place } from '../errors';
import type { LintWarning } from '../lint/lintWarning';
import type { MigrationRef } from '../migration';
import type { Direction } from '../run/direction';
import type { CannotReason, EngineInfo, RehearsedStep, SchemaChange } from './rehearsal';

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
