import type { Target } from '../core/model';
import type { RunRequest } from '../core/run/runRequest';
import { defaultRehearsalLimits, type RehearsalRequest } from '../migrator/protocol';

/** What the window decides for its projects. */
export interface ProjectOptions {
  runOptions(database: string): RunOptions;
  /** Whether SQL of this workspace may run in an engine that could reach files. */
  isTrusted(): boolean;
}

/** The part of a run's request that settings and the window decide. */
type RunOptions = Pick<
  RunRequest,
  'owner' | 'engine' | 'wait' | 'transaction' | 'fileAccess' | 'backup' | 'rehearse'
>;

/** The part of a rehearsal's request that settings and the window decide. */
export function rehearsalOptions(
  { runOptions, isTrusted }: ProjectOptions,
  { database }: Target,
): Pick<RehearsalRequest, 'engine' | 'transaction' | 'fileAccess' | 'limits' | 'trusted'> {
  const { engine, transaction, fileAccess, rehearse } = runOptions(database);
  const { maxBytes, maxMs } = defaultRehearsalLimits;
  const limits = { maxBytes: rehearse?.maxBytes ?? maxBytes, maxMs };
  return { engine, transaction, fileAccess, limits, trusted: isTrusted() };
}

/** Names a project: the same for the same database and folders. */
export function projectKey({ database, folders }: Target): string {
  return [database, ...folders].join('\n');
}
