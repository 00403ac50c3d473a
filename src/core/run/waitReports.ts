type WaitLevel = 'debug' | 'info' | 'warning';

const firstGapMs = 250;
const longestGapMs = 5_000;

/** A waiter's memory of what it has reported: ask it after each attempt. */
interface WaitReports {
  /**
   * @param waitedMs milliseconds since the wait began; never smaller than in the call before
   * @returns the level of the report that is due now, or undefined when it is too early for one
   */
  due(waitedMs: number): WaitLevel | undefined;
}

/**
 * Decides when a waiter reports: at once, then at gaps that double from a quarter of a second up
 * to five seconds; the longer the wait, the louder.
 */
export function waitReports(): WaitReports {
  let next = 0;
  let gap = firstGapMs;
  return {
    due(waitedMs) {
      if (waitedMs < next) {
        return undefined;
      }
      next = waitedMs + gap;
      gap = Math.min(gap * 2, longestGapMs);
      return levelOf(waitedMs);
    },
  };
}

function levelOf(waitedMs: number): WaitLevel {
  if (waitedMs < 1_000) {
    return 'debug';
  }
  return waitedMs < 5_000 ? 'info' : 'warning';
}
