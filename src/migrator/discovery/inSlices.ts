import { setImmediate } from 'node:timers/promises';

/** Milliseconds after which others on this thread get their turn. */
const slice = 4;

/**
 * Does quick synchronous `work` for every item without keeping the thread busy for long: for many
 * small calls, such as stat, a promise for each costs five times the call (measured).
 */
export async function inSlices<T, R>(items: readonly T[], work: (item: T) => R): Promise<R[]> {
  const results: R[] = [];
  let until = performance.now() + slice;
  for (const item of items) {
    if (performance.now() > until) {
      await setImmediate();
      until = performance.now() + slice;
    }
    results.push(work(item));
  }
  return results;
}
