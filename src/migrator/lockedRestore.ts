import { LockstepError, errorInfo } from '../core/errors';
import type { HolderName } from '../core/holder';
import { outcomeOf } from '../core/run/outcomeOf';
import type { RestoreRequest } from '../core/run/restoreRequest';
import type { RunEvent } from '../core/run/runEvent';
import type { SentinelLock } from '../lock/sentinelLock';
import { canonicalPath } from '../sqlite/canonicalPath';
import type { DatabaseThread } from './databaseThread';
import { SentinelWait } from './sentinelWait';
import { ThreadLease } from './threadLease';
import type { RestoreReport } from './threadMessages';

type Report = RestoreReport & { readonly holder?: HolderName };

/** One restore: waits for the sentinel, lets the thread restore, gives the sentinel back. */
export class LockedRestore {
  private readonly lease: ThreadLease;
  private readonly sentinel: SentinelWait;
  /** The copy of what is to be replaced. */
  private backup: string | undefined;

  constructor(
    private readonly request: RestoreRequest,
    thread: DatabaseThread,
    sentinel: SentinelLock,
    private readonly onEvent: (event: RunEvent) => void,
    signal: AbortSignal | undefined,
  ) {
    const { owner, wait, database } = request;
    const path = canonicalPath(database);
    this.sentinel = new SentinelWait({ path, owner, wait }, sentinel, onEvent, signal);
    this.lease = new ThreadLease(thread, signal);
  }

  /** See {@link ThreadLease}. */
  public get stuck(): boolean {
    return this.lease.stuck;
  }

  public async result(): Promise<Report> {
    try {
      const waitedMs = (await this.sentinel.acquire())!;
      const { request } = this;
      const token = this.sentinel.handle?.holder.token;
      const call = this.lease.thread.call('restore', { request, waitedMs, token }, (event) =>
        this.pass(event),
      );
      const report = await this.lease.settle(call, () =>
        this.ended(new LockstepError('run.cancelled')),
      );
      return report.outcome === 'timeout' ? { ...report, holder: this.sentinel.holder } : report;
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

  private pass(event: RunEvent): void {
    if (event.type === 'backedUp') {
      this.backup = event.file;
    } else if (event.type === 'waiting') {
      this.sentinel.holder = event.holder;
    }
    this.onEvent(event);
  }

  private ended(error: unknown): Report {
    const info = errorInfo(error);
    const { backup } = this;
    return { outcome: outcomeOf(info.code), backup, error: info, holder: this.sentinel.holder };
  }
}
