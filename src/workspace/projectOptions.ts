import type { RunRequest } from '../core/run/runRequest';

/** The part of a run's request that settings and the window decide. */
type RunOptions = Pick<
  RunRequest,
  'owner' | 'engine' | 'wait' | 'transaction' | 'reach' | 'backup' | 'rehearse'
>;

/** What the window decides for its projects. */
export interface ProjectOptions {
  runOptions(database: string): RunOptions;
  /** Whether SQL of this workspace may run in an engine that could reach files. */
  isTrusted(): boolean;
}
