import type { ErrorInfo } from '../core/errors';
import type { Holder, LockState, RunningMark, Status } from '../core/model';
import type { RunResult } from '../core/run/runEvents';
import type { ActiveRun, ProjectState } from './projectState';

/** Applied migrations whose files are not here. */
export interface Ahead {
  readonly count: number;
  /** What lacks them: the folder alone where it is in no repository. */
  readonly of: 'branch' | 'folder';
}

/** The one thing about a project that matters most now; all views use the same words for it. */
export type Condition =
  /** No look has come back that saw what is in it. */
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
      ? { kind: 'waiting', waiting: upToDate(run.waiting, lock) }
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

function aheadOf({ status, whereabouts }: ProjectState): Ahead | undefined {
  const missing = status?.history.filter(({ file }) => file === 'missing') ?? [];
  const of = whereabouts?.repository === false ? 'folder' : 'branch';
  return missing.length > 0 ? { count: missing.length, of } : undefined;
}

/** Reports of a wait grow rare; what the holder's card said last is newer. */
function upToDate(
  waiting: NonNullable<ActiveRun['waiting']>,
  lock: LockState,
): NonNullable<ActiveRun['waiting']> {
  const card = lock.kind === 'held' ? lock.holder : undefined;
  return card && card.token === waiting.holder?.token ? { ...waiting, holder: card } : waiting;
}

/** A look that could not be had, as an error. */
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
