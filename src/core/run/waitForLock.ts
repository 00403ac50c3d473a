import { SqliteError } from '../connection';
import { LockstepError } from '../errors';
import { backoff } from './backoff';
import type { RunEnvironment, RunJob } from './runEnvironment';
import { waitReports } from './waitReports';

/**
 * Waits for SQLite's own lock. One per run: the time spent is counted over the whole run.
 *
 * SQLite's busy handler is not used: it is unfair, cannot be cancelled and tells nobody. Measured
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
