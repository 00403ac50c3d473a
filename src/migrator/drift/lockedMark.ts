import type { MarkRequest, MarkResult } from '../../core/drift/markRequest';
import { LockstepError, errorInfo } from '../../core/errors';
import { outcomeOf } from '../../core/run/outcomeOf';
import type { SentinelLock } from '../../lock/sentinelLock';
import { processIdentity } from '../../process/processIdentity';
import { canonicalPath } from '../../sqlite/canonicalPath';
import type { DatabaseThread } from '../databaseThread';
import { SentinelWait } from '../sentinelWait';
import { ThreadLease } from '../threadLease';

type Report = Omit<MarkResult, 'ms'>;

/** Waits for the sentinel, lets the thread record, gives the sentinel back. */
export class LockedMark {
  private readonly lease: ThreadLease;
  private readonly sentinel: SentinelWait;

  constructor(
    private readonly request: MarkRequest,
    thread: DatabaseThread,
    sentinel: SentinelLock,
    signal: AbortSignal | undefined,
  ) {
    const { owner, wait, target } = request;
    const path = canonicalPath(target.database);
    this.sentinel = new SentinelWait({ path, owner, wait }, sentinel, () => undefined, signal);
    this.lease = new ThreadLease(thread, signal);
  }

  /** See {@link ThreadLease}. */
  public get stuck(): boolean {
    return this.lease.stuck;
  }

  public async result(): Promise<Report> {
    try {
      const waitedMs = (await this.sentinel.acquire())!;
      const { target, versions, wait } = this.request;
      const owner = { ...this.request.owner, ...processIdentity() };
      const token = this.sentinel.handle?.holder.token;
      const ask = { target, versions, owner, wait, waitedMs, token };
      const report = await this.lease.settle(this.lease.thread.call('mark', ask), () =>
        this.ended(new LockstepError('run.cancelled')),
      );
      return report.error || report.alreadyApplied.length > 0
        ? { ...report, holder: this.sentinel.holder }
        : report;
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

  private ended(error: unknown): Report {
    const info = errorInfo(error);
    const { holder } = this.sentinel;
    return { outcome: outcomeOf(info.code), marked: [], alreadyApplied: [], error: info, holder };
  }
}
