import type { ProcessIdentity } from '../holder';
import type { MigrationRef } from '../migration';
import type { Direction } from './direction';

/**
 * Says on disk that a step outside a transaction has begun. Losing a mark loses the warning only;
 * history decides what was applied.
 */
export interface Mark {
  readonly migration: MigrationRef;
  readonly direction: Direction;
  /** The statement that is running, from 1; 0 before the first. */
  readonly statement: number;
  readonly statements: number;
  /**
   * How many of the statements may have left something behind: those that ran outside any
   * transaction or up to the last COMMIT. 0 means that a crash left nothing.
   */
  readonly persisted: number;
  /** ISO 8601. */
  readonly since: string;
  readonly owner: ProcessIdentity;
  /** Set when the step ended with an error instead of a crash. */
  readonly failed?: string;
}

/** Where the mark of one database is kept. At most one exists. */
export interface MarkStore {
  read(): Mark | undefined;
  /**
   * Durable when it returns.
   * @returns false when there is a mark already
   * @throws `run.marksUnwritable`
   */
  create(mark: Mark): boolean;
  /** Durable when it returns. */
  update(mark: Mark): void;
  remove(): void;
  /** Whether the process that left the mark still runs. */
  isAlive(mark: Mark): boolean;
}
