import {
  type Connection,
  type ConnectionFactory,
  DatabaseClaimed,
  SqliteError,
} from '../connection';
import { LockstepError } from '../errors';
import type { RunEnvironment, RunJob } from './runEnvironment';

/**
 * Waits for SQLite's own lock. One per run: the time spent is counted over the whole run.
 *
 * SQLite's busy handler is not used: it is unfair, silent, and cannot be cancelled. Measured
 * with ten waiters, polling every few milliseconds with jitter lets the last one in five times
 * sooner than doubling delays without a cap.
 */
export class LockWaiter {
  private waitedMs: number;

  constructor(
    private readonly job: Pick<RunJob, 'wait' | 'waitedMs'>,
    private readonly env: Pick<RunEnvironment, 'control' | 'emit' | 'otherHolder'>,
  ) {
    this.waitedMs = job.waitedMs;
  }

  /**
   * Calls `attempt` until it is not refused as busy.
   * @param reopen called each time one attempt's limit is reached, to start with a new connection
   * @throws `lock.timeout`, `run.cancelled`
   */
  public until<T>(attempt: () => T, reopen?: () => void): T {
    let wait: ((error: unknown) => void) | undefined;
    for (;;) {
      try {
        return attempt();
      } catch (error) {
        wait ??= this.begin(reopen); // most attempts succeed at once
        wait(error);
      }
    }
  }

  /** The same for an attempt that takes its time. */
  public async untilDone<T>(attempt: () => Promise<T>): Promise<T> {
    const wait = this.begin();
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        wait(error);
      }
    }
  }

  /** Waits a moment for somebody who is at work without holding SQLite's lock. */
  public pause(): void {
    let paused = false;
    this.until(() => {
      if (!paused) {
        paused = true;
        throw new SqliteError('somebody is at work', 5);
      }
    });
  }

  /** @returns what to do about a refused attempt: waits, or throws when there is no use in it */
  private begin(reopen?: () => void): (error: unknown) => void {
    const delays = backoff();
    const reports = waitReports();
    const before = this.waitedMs;
    const start = performance.now();
    let attemptStart = start;
    let attempt = 0;
    return (error) => {
      if (!(error instanceof SqliteError && error.isBusy)) {
        throw error;
      }
      attempt++;
      this.throwIfCancelled();
      const now = performance.now();
      this.waitedMs = before + now - start;
      if (this.waitedMs >= this.job.wait.totalMs) {
        throw this.timeout(attempt);
      }
      if (reopen && now - attemptStart >= this.job.wait.attemptMs) {
        reopen();
        attemptStart = now;
      }
      const delayMs = Math.min(delays.next().value, this.job.wait.totalMs - this.waitedMs);
      const level = reports.due(this.waitedMs);
      if (level) {
        const holder = this.env.otherHolder();
        this.env.emit({
          type: 'waiting',
          on: 'database',
          holder,
          attempt,
          waitedMs: Math.round(this.waitedMs),
          delayMs: Math.round(delayMs),
          level,
        });
      }
      this.env.control.sleep(delayMs);
      this.throwIfCancelled();
    };
  }

  private throwIfCancelled(): void {
    if (this.env.control.cancelled) {
      throw new LockstepError('run.cancelled');
    }
  }

  private timeout(attempts: number): LockstepError {
    const { totalMs } = this.job.wait;
    return new LockstepError('lock.timeout', {
      waitedMs: Math.round(this.waitedMs),
      attempts,
      limitMs: totalMs,
      on: 'database',
    });
  }
}

/**
 * Begins a write transaction, waiting for whoever has one. No connection is open while a writer is
 * waited for that waits for open ones, see `DatabaseClaimed`.
 *
 * @param connect the connection that is open, or a new one
 * @param abandon closes it
 * @throws LockstepError `lock.timeout`, `run.cancelled`
 */
export function beginOn(
  connect: () => Connection,
  abandon: () => void,
  waiter: LockWaiter,
): Connection {
  return waiter.until(() => {
    const connection = connect();
    try {
      connection.exec('BEGIN IMMEDIATE');
      return connection;
    } catch (error) {
      if (error instanceof DatabaseClaimed) {
        abandon();
      }
      throw error;
    }
  }, abandon);
}

/**
 * Opens a connection that is in a write transaction; foreign keys are off.
 *
 * @throws as {@link beginOn}
 */
export function beginWriting(factory: ConnectionFactory, waiter: LockWaiter): Connection {
  let connection: Connection | undefined;
  const close = (): void => {
    connection?.close();
    connection = undefined;
  };
  try {
    return beginOn(() => (connection ??= factory.open({ foreignKeys: false })), close, waiter);
  } catch (error) {
    close();
    throw error;
  }
}

type WaitLevel = 'debug' | 'info' | 'warning';

const firstGapMs = 250;
const longestGapMs = 5_000;

/** Decides when a wait is reported; asked after each attempt. */
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
