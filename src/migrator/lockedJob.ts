import { LockstepError } from '../core/errors';
import type { ProcessIdentity } from '../core/holder';
import type { RunEvent } from '../core/run/runEvent';
import type { SentinelLock } from '../lock/sentinelLock';
import { processIdentity } from '../process/processIdentity';
import type { DatabaseThread } from './databaseThread';
import { SentinelWait, type SentinelWish } from './sentinelWait';
import { ThreadLease } from './threadLease';

/** What a job has to itself, and who wants to know and may call it off. */
export interface JobMeans {
  readonly thread: DatabaseThread;
  readonly sentinel: SentinelLock;
  readonly onEvent: (event: RunEvent) => void;
  readonly signal: AbortSignal | undefined;
}

/** Something done to a database under the sentinel, in a thread of its own; then both are given back. */
export abstract class LockedJob<R> {
  protected readonly sentinel: SentinelWait;
  protected readonly lease: ThreadLease;

  constructor(
    protected readonly wish: SentinelWish,
    protected readonly means: JobMeans,
  ) {
    const { thread, sentinel, onEvent, signal } = means;
    this.sentinel = new SentinelWait(wish, sentinel, onEvent, signal);
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
