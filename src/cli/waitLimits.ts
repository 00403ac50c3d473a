import { defaultWaitLimits, type WaitLimits } from '../core/run/runRequest';

/** How long a command waits for the lock. @param totalMs as the command line says */
export function waitLimits(totalMs: number = defaultWaitLimits.totalMs): WaitLimits {
  const attemptMs = Math.min(defaultWaitLimits.attemptMs, totalMs);
  return { ...defaultWaitLimits, totalMs, attemptMs };
}
