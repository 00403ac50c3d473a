import type { ErrorInfo } from '../core/errors';
import type { RunResult } from '../core/run/runEvents';

/** The result of a run that never came back, because the migrator process did not. */
export function failedRun(error: ErrorInfo, ms: number): RunResult {
  return {
    outcome: 'failed',
    applied: [],
    alreadyApplied: [],
    remaining: [],
    findings: [],
    error,
    ms,
  };
}
