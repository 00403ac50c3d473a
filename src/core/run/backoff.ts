interface BackoffOptions {
  /** The first delay is about this long, in milliseconds. */
  readonly firstMs?: number;
  /** No delay is longer than this, in milliseconds. */
  readonly capMs?: number;
  /** A number from 0 (included) to 1 (excluded). */
  readonly random?: () => number;
}

/**
 * Delays between attempts at a lock, in milliseconds, without end: exponential, so that a short
 * wait ends soon; capped, so that the last of ten waiters gets in within a tenth of a second;
 * jittered over the upper half, so that waiters do not come in step.
 */
export function* backoff({
  firstMs = 2,
  capMs = 50,
  random = Math.random,
}: BackoffOptions = {}): Generator<number, never, void> {
  for (let limit = firstMs; ; limit = Math.min(limit * 2, capMs)) {
    yield (limit / 2) * (1 + random());
  }
}
