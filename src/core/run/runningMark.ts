import { LockstepError } from '../errors';
import type { Direction, MigrationRef, ProcessIdentity } from '../model';

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

/** Says that a step outside a transaction was interrupted, as its mark tells it. */
export function interruptedError({ migration, ...mark }: Mark): LockstepError {
  const { statement, statements, direction, failed: message = '' } = mark;
  const params = { migration: migration.id, statement, statements, direction, message };
  return new LockstepError('run.interrupted', params);
}

/**
 * Reads a running mark, which may be torn, or anybody's. One that cannot be read still says that
 * something was interrupted, but nothing can have come of it: it is torn only while it is created,
 * before anything ran.
 */
export function parseMark(text: string): Mark {
  const mark = parseObject(text);
  const migration = mark && object(mark.migration);
  const owner = mark && object(mark.owner);
  if (!mark || !migration || !owner || !isText(migration.id) || !isText(migration.version)) {
    return torn;
  }
  const { pid, host, machine, started } = owner;
  const { failed } = mark;
  return {
    migration: {
      version: migration.version,
      id: migration.id,
      name: isText(migration.name) ? migration.name : migration.id,
      ...(isText(migration.file) && { file: migration.file }),
    },
    direction: mark.direction === 'down' ? 'down' : 'up',
    statement: count(mark.statement),
    statements: count(mark.statements),
    persisted: count(mark.persisted),
    since: isText(mark.since) ? mark.since : '',
    owner: {
      pid: count(pid),
      host: isText(host) ? host : '',
      machine: isText(machine) ? machine : '',
      ...(isText(started) && { started }),
    },
    ...(isText(failed) && { failed }),
  };
}

const torn: Mark = {
  migration: { version: '', id: '?', name: '?' },
  direction: 'up',
  statement: 0,
  statements: 0,
  persisted: 0,
  since: '',
  owner: { pid: 0, host: '', machine: '' },
};

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return object(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function object(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function count(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : 0;
}
