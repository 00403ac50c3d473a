import { LockstepError } from '../../core/errors';
import type { Holder, HolderName, Owner, ProcessIdentity } from '../../core/model';
import { backoff, waitReports } from '../../core/run/waitForLock';
import type { RunEvent } from '../../core/run/runEvents';
import type { WaitLimits } from '../../core/run/runRequest';
import type { SentinelHandle, SentinelLock } from '../../lock/sentinelLock';
import { processIdentity } from '../../system/process';
import type { HandlerOptions } from '../protocol';
import type { DatabaseThread } from './threads';

/** Who wants the sentinel of which database. */
interface LockRequest {
  /** Canonical path. */
  readonly path: string;
  readonly owner: Owner;
  readonly wait: WaitLimits;
}

/** What a job has to itself, and who wants to know and may call it off. */
export interface JobContext extends HandlerOptions {
  readonly thread: DatabaseThread;
  readonly sentinel: SentinelLock;
}

/** Something done to a database under the sentinel, in a thread of its own; then both are given back. */
export abstract class LockedJob<R> {
  protected readonly sentinel: SentinelWait;
  protected readonly lease: ThreadLease;

  constructor(
    protected readonly lockRequest: LockRequest,
    protected readonly context: JobContext,
  ) {
    const { thread, sentinel, signal } = context;
    this.sentinel = new SentinelWait(lockRequest, sentinel, (event) => this.emit([event]), signal);
    this.lease = new ThreadLease(thread, signal);
  }

  /** See {@link ThreadLease}. */
  public get stuck(): boolean {
    return this.lease.stuck;
  }

  /** Does not reject. */
  public async result(): Promise<R> {
    try {
      return await this.work();
    } catch (error) {
      return this.ended(error);
    } finally {
      await this.sentinel.release();
      this.lease.end();
    }
  }

  /** Gives the sentinel back without waiting, for a process about to kill itself. */
  public releaseNow(): void {
    this.sentinel.handle?.releaseNow();
  }

  protected abstract work(): Promise<R>;

  protected emit(events: readonly RunEvent[]): void {
    if (events.length > 0) {
      this.context.onEvents?.(events);
    }
  }

  /** How it ends with an error. */
  protected abstract ended(error: unknown): R;

  /** How it ends where the thread does not say so. */
  protected cancelled(): R {
    return this.ended(new LockstepError('run.cancelled'));
  }

  /** Of our own sentinel; absent where it cannot be used. */
  protected get token(): string | undefined {
    return this.sentinel.handle?.holder.token;
  }

  /** As on the card, where there is one: looking it up takes its time. */
  protected identity(): ProcessIdentity {
    const { pid, started, host, machine } = this.sentinel.handle?.holder ?? processIdentity();
    return { pid, started, host, machine };
  }
}

/**
 * Milliseconds after which a waiter checks whether anything is left to do, whoever has the sentinel:
 * the work may get done in spite of a holder of whom nobody knows whether it lives.
 */
const recheckMs = 1_000;

/**
 * Milliseconds between two tries at most. A try costs a tenth of one; whoever waits gets in half of
 * this late.
 */
const tryCapMs = 30;

/** Takes the sentinel, waiting for whoever has it, and gives it back. */
class SentinelWait {
  /** Who has it or had it last, as far as is known. */
  public holder: HolderName | undefined;
  /** Absent also where the sentinel cannot be used: the work is safe without it. */
  public handle: SentinelHandle | undefined;

  constructor(
    private readonly request: LockRequest,
    private readonly sentinel: SentinelLock,
    private readonly emit: (event: RunEvent) => void,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /**
   * @param isOver asked when one holder has finished and another has come, and now and then: whether
   *   nothing is left to do. All waiters may check at once, which saves them the queue.
   * @returns milliseconds waited; undefined when it is over
   * @throws LockstepError `lock.timeout`, `run.cancelled`
   */
  public async acquire(isOver?: () => Promise<boolean>): Promise<number | undefined> {
    const start = performance.now();
    const delays = backoff({ capMs: tryCapMs });
    const reports = waitReports();
    const { totalMs } = this.request.wait;
    let token: string | undefined;
    let nextCheckMs = recheckMs;
    for (let attempt = 1; ; attempt++) {
      this.throwIfCancelled();
      const tried = await this.tryAcquire();
      const waitedMs = performance.now() - start;
      if (tried === 'acquired') {
        this.emit({ type: 'locked', waitedMs: Math.round(waitedMs) });
        return waitedMs;
      }
      if (waitedMs >= totalMs) {
        const params = { waitedMs: Math.round(waitedMs), attempts: attempt, limitMs: totalMs };
        throw new LockstepError('lock.timeout', { ...params, on: 'sentinel' });
      }
      const { holder } = tried;
      this.holder = holder ?? this.holder;
      const isAnother = attempt > 1 && holder?.token !== token;
      if (isAnother || waitedMs >= nextCheckMs) {
        nextCheckMs = waitedMs + recheckMs;
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
        this.emit({ type: 'waiting', on: 'sentinel', holder, ...wait });
      }
      await this.sleep(delayMs);
    }
  }

  public async release(): Promise<void> {
    await this.handle?.release();
  }

  private async tryAcquire(): Promise<'acquired' | { holder?: Holder }> {
    const { path, owner, wait } = this.request;
    try {
      const tried = await this.sentinel.tryAcquire(path, owner, wait.staleMs);
      if (!tried.held) {
        return { holder: tried.holder };
      }
      this.handle = tried.held;
      if (tried.tookOver) {
        this.emit({ type: 'tookOver', holder: tried.tookOver.holder });
      }
    } catch (error) {
      // The sentinel is for order and for people. SQLite's own lock protects the work without it.
      this.emit({ type: 'unguarded', message: (error as Error).message });
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

/** Milliseconds a thread gets to notice that it is cancelled; a statement cannot be interrupted. */
const cancelGraceMs = 400;
/** The same while it commits: by then it is nearly over, and killing would hide how it ended. */
const commitGraceMs = 3000;

/** A thread that one job has to itself, and that stops when the job is cancelled. */
class ThreadLease {
  /** Set when the thread did not stop in time. */
  public stuck = false;
  private readonly cancel = (): void => this.thread.control.cancel();

  constructor(
    public readonly thread: DatabaseThread,
    private readonly signal: AbortSignal | undefined,
  ) {
    thread.reserved = true;
    thread.control.reset();
    signal?.addEventListener('abort', this.cancel);
    if (signal?.aborted) {
      this.cancel();
    }
  }

  /**
   * What a call of the thread comes to.
   * @param stuck the answer where the job is cancelled and the thread does not stop by itself
   */
  public settle<T>(call: Promise<T>, stuck: () => T): Promise<T> {
    return Promise.race([call, this.whenStuck().then(stuck)]);
  }

  /** A thread that is stuck stays reserved. */
  public end(): void {
    this.signal?.removeEventListener('abort', this.cancel);
    this.thread.reserved = this.stuck;
  }

  /** Settles only when the job is cancelled and its thread does not stop. */
  private whenStuck(): Promise<void> {
    return new Promise((resolve) => {
      const give = (ms: number): void => {
        setTimeout(() => {
          if (this.thread.control.committing && ms === cancelGraceMs) {
            give(commitGraceMs);
          } else if (this.thread.busy) {
            this.stuck = true;
            resolve();
          }
        }, ms).unref();
      };
      const start = (): void => give(cancelGraceMs);
      if (this.signal?.aborted) {
        start();
      } else {
        this.signal?.addEventListener('abort', start, { once: true });
      }
    });
  }
}
