import { LockstepError } from '../core/errors';
import type { Holder, HolderName, Owner } from '../core/holder';
import { backoff } from '../core/run/backoff';
import type { RunEvent } from '../core/run/runEvent';
import type { WaitLimits } from '../core/run/runRequest';
import { waitReports } from '../core/run/waitReports';
import type { SentinelHandle, SentinelLock } from '../lock/sentinelLock';

/**
 * Milliseconds after which a waiter looks whether anything is left to do, whoever has the sentinel:
 * the work may get done past a holder that nobody can judge.
 */
const lookGapMs = 1_000;

/**
 * Milliseconds between two tries at most. A try costs a tenth of one; whoever waits gets in half of
 * this late.
 */
const tryCapMs = 30;

/** Who wants the sentinel of which database. */
export interface SentinelWish {
  /** Canonical path. */
  readonly path: string;
  readonly owner: Owner;
  readonly wait: WaitLimits;
}

/** Takes the sentinel, waiting for whoever has it, and gives it back. */
export class SentinelWait {
  /** Who has it or had it last, as far as is known. */
  public holder: HolderName | undefined;
  /** Absent also where the sentinel cannot be used: the work is safe without it. */
  public handle: SentinelHandle | undefined;

  constructor(
    private readonly wish: SentinelWish,
    private readonly sentinel: SentinelLock,
    private readonly onEvent: (event: RunEvent) => void,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /**
   * @param isOver asked when one holder has finished and another has come, and now and then: whether
   *   nothing is left to do. All waiters may look at once, which saves them the queue.
   * @returns milliseconds waited; undefined when it is over
   * @throws LockstepError `lock.timeout`, `run.cancelled`
   */
  public async acquire(isOver?: () => Promise<boolean>): Promise<number | undefined> {
    const start = performance.now();
    const delays = backoff({ capMs: tryCapMs });
    const reports = waitReports();
    const { totalMs } = this.wish.wait;
    let token: string | undefined;
    let nextLookMs = lookGapMs;
    for (let attempt = 1; ; attempt++) {
      this.throwIfCancelled();
      const tried = await this.tryAcquire();
      const waitedMs = performance.now() - start;
      if (tried === 'acquired') {
        this.onEvent({ type: 'locked', waitedMs: Math.round(waitedMs) });
        return waitedMs;
      }
      if (waitedMs >= totalMs) {
        const params = { waitedMs: Math.round(waitedMs), attempts: attempt, limitMs: totalMs };
        throw new LockstepError('lock.timeout', { ...params, on: 'sentinel' });
      }
      const { holder } = tried;
      this.holder = holder ?? this.holder;
      const isAnother = attempt > 1 && holder?.token !== token;
      if (isAnother || waitedMs >= nextLookMs) {
        nextLookMs = waitedMs + lookGapMs;
        if (await isOver?.()) {
          return undefined;
        }
      }
      token = holder?.token;
      const delayMs = Math.min(delays.next().value, Math.max(totalMs - waitedMs, 0));
      const level = reports.due(waitedMs);
      if (level) {
        const wait = {
          attempt,
          waitedMs: Math.round(waitedMs),
          delayMs: Math.round(delayMs),
          level,
        };
        this.onEvent({ type: 'waiting', on: 'sentinel', holder, ...wait });
      }
      await this.sleep(delayMs);
    }
  }

  public async release(): Promise<void> {
    await this.handle?.release();
  }

  private async tryAcquire(): Promise<'acquired' | { holder?: Holder }> {
    const { path, owner, wait } = this.wish;
    try {
      const tried = await this.sentinel.tryAcquire(path, owner, wait.staleMs);
      if (!tried.held) {
        return { holder: tried.holder };
      }
      this.handle = tried.held;
      if (tried.tookOver) {
        this.onEvent({ type: 'tookOver', holder: tried.tookOver.holder });
      }
    } catch (error) {
      // The sentinel is for order and for people. SQLite's own lock protects the work without it.
      this.onEvent({ type: 'unguarded', message: (error as Error).message });
    }
    return 'acquired';
  }

  private throwIfCancelled(): void {
    if (this.signal?.aborted) {
      throw new LockstepError('run.cancelled');
    }
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      const { signal } = this;
      signal?.addEventListener('abort', done);
      function done(): void {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      }
    });
  }
}
