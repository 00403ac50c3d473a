import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { MissingFiles } from '../core/drift';
import type { ErrorInfo } from '../core/errors';
import { sqlName } from '../core/formats/fileNames';
import {
  type Direction,
  type Finding,
  type HistoryEntry,
  type Holder,
  isHistoryKnown,
  type LockState,
  type MigrationRef,
  type RunningMark,
  type Status,
} from '../core/model';
import type { RunEvent, RunResult } from '../core/run/runEvents';
import type { DiscoveredTarget } from '../migrator/protocol';

/** Applied migrations whose files are not here. */
export interface Ahead {
  readonly count: number;
  /** What lacks them: the folder alone where it is in no repository. */
  readonly of: 'branch' | 'folder';
}

/** The one thing about a project that matters most now; all views use the same words for it. */
export type Condition =
  /** Not read yet, or the file was busy. */
  | { readonly kind: 'looking' }
  | { readonly kind: 'running'; readonly run: ActiveRun }
  | { readonly kind: 'waiting'; readonly waiting: NonNullable<ActiveRun['waiting']> }
  /** Another window or terminal, or one that does not say. */
  | { readonly kind: 'locked'; readonly holder?: Holder }
  | { readonly kind: 'interrupted'; readonly mark: RunningMark }
  | { readonly kind: 'failed'; readonly result: RunResult }
  /** The database, the folder or the history cannot be read. */
  | { readonly kind: 'unreadable'; readonly error: ErrorInfo }
  | { readonly kind: 'stale'; readonly holder?: Holder }
  /** A crashed program left work that the next run recovers. */
  | { readonly kind: 'needsRecovery' }
  | {
      readonly kind: 'pending';
      readonly count: number;
      readonly ahead?: Ahead;
      /** A run would be refused, since two files have one version. */
      readonly duplicate?: true;
    }
  /** Nothing is pending, but the database has migrations that are not here. */
  | { readonly kind: 'ahead'; readonly ahead: Ahead }
  | { readonly kind: 'upToDate' };

/** What matters most comes first; also the order in which several projects compete for attention. */
const order: readonly Condition['kind'][] = [
  'waiting',
  'running',
  'interrupted',
  'failed',
  'unreadable',
  'locked',
  'stale',
  'needsRecovery',
  'pending',
  'ahead',
  'upToDate',
  'looking',
];

/** Smaller is more urgent. */
export function urgency({ kind }: Condition): number {
  return order.indexOf(kind);
}

/** Boils a project's state down to its condition. */
export function condition(state: ProjectState): Condition {
  const { run, lock, status, lastResult, error } = state;
  if (run) {
    return run.waiting
      ? { kind: 'waiting', waiting: withNewestCard(run.waiting, lock) }
      : { kind: 'running', run };
  }
  if (lock.kind === 'held') {
    return { kind: 'locked', holder: lock.holder };
  }
  if (status?.mark?.orphaned) {
    return { kind: 'interrupted', mark: status.mark };
  }
  if (lastResult && lastResult.outcome !== 'done' && lastResult.outcome !== 'cancelled') {
    return { kind: 'failed', result: lastResult };
  }
  const unreadable = error ?? status?.error ?? (status && lookError(status));
  if (unreadable) {
    return { kind: 'unreadable', error: unreadable };
  }
  if (!status) {
    return { kind: 'looking' };
  }
  if (lock.kind === 'stale') {
    return { kind: 'stale', holder: lock.holder };
  }
  if (status.look.state === 'busy') {
    return { kind: 'looking' };
  }
  if (status.look.state === 'needsRecovery') {
    return { kind: 'needsRecovery' };
  }
  const count = status.pending.length;
  const ahead = aheadOf(state);
  if (count > 0) {
    const duplicate = status.findings.some(({ severity }) => severity === 'refuse');
    return { kind: 'pending', count, ...(ahead && { ahead }), ...(duplicate && { duplicate }) };
  }
  return ahead ? { kind: 'ahead', ahead } : { kind: 'upToDate' };
}

function aheadOf({ status, missingFiles }: ProjectState): Ahead | undefined {
  const missing = status?.history.filter(({ file }) => file === 'missing') ?? [];
  const of = missingFiles?.repository === false ? 'folder' : 'branch';
  return missing.length > 0 ? { count: missing.length, of } : undefined;
}

/** Events of a wait grow rare; what the holder's card said last is newer. */
function withNewestCard(
  waiting: NonNullable<ActiveRun['waiting']>,
  lock: LockState,
): NonNullable<ActiveRun['waiting']> {
  const card = lock.kind === 'held' ? lock.holder : undefined;
  return card && card.token === waiting.holder?.token ? { ...waiting, holder: card } : waiting;
}

/** Why the database could not be read, as an error. */
function lookError({ look, path }: Status): ErrorInfo | undefined {
  switch (look.state) {
    case 'notADatabase':
      return { code: 'database.notADatabase', params: { path } };
    case 'unreadable':
      return { code: 'database.io', params: { path, message: look.message ?? '' } };
    default:
      return undefined;
  }
}

/** A run of this window, while it goes on. */
export interface ActiveRun {
  readonly direction: Direction | 'restore' | 'mark';
  readonly startedAt: number;
  /** Set while somebody else has the lock. */
  readonly waiting?: Extract<RunEvent, { type: 'waiting' }> & { readonly since: number };
  /** Set once steps run; counts from 1. */
  readonly step?: number;
  readonly steps?: number;
  readonly migration?: MigrationRef;
}

/** Everything the views show about one database + its migrations. Plain data, replaced as a whole. */
export interface ProjectState {
  readonly target: DiscoveredTarget;
  /** Absent until the database has been read. */
  readonly status?: Status;
  /** Where files are that are missing here; absent where none is, or they have not been searched for. */
  readonly missingFiles?: MissingFiles;
  /** Fresher than `status.lock`. */
  readonly lock: LockState;
  /** The run of this window; runs of others are in `lock`. */
  readonly run?: ActiveRun;
  /** How this window's last run ended; cleared when the next starts or the database changes. */
  readonly lastResult?: RunResult;
  /** Why the last reading failed (the migrator crashed, …). */
  readonly error?: ErrorInfo;
}

/** Who to name: whoever we wait for, or who holds the lock. */
export function otherHolder(state: ProjectState): Holder | undefined {
  if (state.run?.waiting) {
    return state.run.waiting.holder;
  }
  return state.lock.kind === 'held' && !state.lock.mine ? state.lock.holder : undefined;
}

/** @param now milliseconds since the epoch */
export function startedRun(direction: ActiveRun['direction'], now: number): ActiveRun {
  return { direction, startedAt: now };
}

/** What is known about a run after one more of its events. */
export function withEvent(run: ActiveRun, event: RunEvent, now: number): ActiveRun {
  switch (event.type) {
    case 'waiting':
      return { ...run, waiting: { ...event, since: run.waiting?.since ?? now - event.waitedMs } };
    case 'locked':
    case 'tookOver':
    case 'unguarded':
      return { ...run, waiting: undefined };
    case 'planned':
      return { ...run, waiting: undefined, steps: event.steps.length };
    case 'stepStarted': {
      const { step, steps, migration } = event;
      return { ...run, waiting: undefined, step, steps, migration };
    }
    case 'stepDone': {
      const { step, steps, done } = event;
      return { ...run, waiting: undefined, step, steps, migration: done.migration };
    }
    default:
      return run;
  }
}

/** What a file of a project's folders is to the project, as of the last status. */
export type FileRole =
  | { readonly kind: 'pending'; readonly migration: MigrationRef; readonly finding?: Finding }
  | { readonly kind: 'applied'; readonly entry: HistoryEntry; readonly finding?: Finding }
  /** SQL in the folder that the status does not name: a down script, a new file, no migration at all. */
  | { readonly kind: 'other' };

/** @param file absolute path, spelled as the target's folders are */
export function fileRole({ target, status }: ProjectState, file: string): FileRole | undefined {
  const finding = status?.findings.find(({ migration }) => migration?.file === file);
  const migration = status?.pending.find((pending) => pending.file === file);
  if (migration) {
    return { kind: 'pending', migration, finding };
  }
  const entry = status?.history.find((applied) => applied.migration.file === file);
  if (entry) {
    return { kind: 'applied', entry, finding };
  }
  const isHere = sqlName.test(file) && target.folders.includes(dirname(file));
  return isHere ? { kind: 'other' } : undefined;
}

/**
 * The status to show after another was read. One that found the file busy says nothing about its
 * content, so what was known stays until it can be read again.
 */
export function nextStatus(shown: Status | undefined, read: Status): Status {
  if (read.look.state !== 'busy' || shown?.look.state !== 'ok') {
    return read;
  }
  const { history, pending, findings, engine, look, error } = shown;
  return { ...read, history, pending, findings, engine, look, error };
}

/** Whether two statuses have the same applied and pending migrations; true where one of them knows none. */
export function sameMigrations(a: Status, b: Status): boolean {
  if (![a, b].every(isHistoryKnown)) {
    return true;
  }
  const versions = ({ history, pending }: Status): unknown => [
    history.map(({ migration, file }) => [migration.version, file]),
    pending.map(({ version }) => version),
  ];
  return isDeepStrictEqual(versions(a), versions(b));
}
