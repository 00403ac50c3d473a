import type { MarkRequest } from '../../core/drift';
import { errorInfo } from '../../core/errors';
import type { HolderName } from '../../core/model';
import { outcomeOf, type RunEvent } from '../../core/run/runEvents';
import type { RestoreRequest } from '../../core/run/runRequest';
import { canonicalPath } from '../../sqlite/databaseFile';
import type { MarkReport, RestoreReport } from '../threadProtocol';
import { type JobContext, LockedJob } from './lockedJob';

type LockedRestoreReport = RestoreReport & { readonly holder?: HolderName };

/** One restore: waits for the sentinel, lets the thread restore, gives the sentinel back. */
export class LockedRestore extends LockedJob<LockedRestoreReport> {
  /** The copy of what is to be replaced. */
  private backup: string | undefined;

  constructor(
    private readonly request: RestoreRequest,
    context: JobContext,
  ) {
    const { owner, wait, database } = request;
    super({ path: canonicalPath(database), owner, wait }, context);
  }

  protected async work(): Promise<LockedRestoreReport> {
    const waitedMs = (await this.sentinel.acquire())!;
    const { request, token } = this;
    const call = this.lease.thread.call('restore', { request, waitedMs, token }, (events) =>
      this.pass(events),
    );
    const report = await this.lease.settle(call, () => this.cancelled());
    return report.outcome === 'timeout' ? { ...report, holder: this.sentinel.holder } : report;
  }

  protected ended(error: unknown): LockedRestoreReport {
    const info = errorInfo(error);
    const { backup } = this;
    return { outcome: outcomeOf(info.code), backup, error: info, holder: this.sentinel.holder };
  }

  private pass(events: readonly RunEvent[]): void {
    for (const event of events) {
      if (event.type === 'backedUp') {
        this.backup = event.file;
      } else if (event.type === 'waiting') {
        this.sentinel.holder = event.holder;
      }
    }
    this.emit(events);
  }
}

type LockedMarkReport = MarkReport & { readonly holder?: HolderName };

/** Waits for the sentinel, lets the thread record, gives the sentinel back. */
export class LockedMark extends LockedJob<LockedMarkReport> {
  constructor(
    private readonly request: MarkRequest,
    context: JobContext,
  ) {
    const { owner, wait, target } = request;
    super({ path: canonicalPath(target.database), owner, wait }, context);
  }

  protected async work(): Promise<LockedMarkReport> {
    const waitedMs = (await this.sentinel.acquire())!;
    const { target, versions, wait } = this.request;
    const owner = { ...this.request.owner, ...this.identity() };
    const ask = { target, versions, owner, wait, waitedMs, token: this.token };
    const call = this.lease.thread.call('markApplied', ask);
    const report = await this.lease.settle(call, () => this.cancelled());
    return report.error || report.alreadyApplied.length > 0
      ? { ...report, holder: this.sentinel.holder }
      : report;
  }

  protected ended(error: unknown): LockedMarkReport {
    const info = errorInfo(error);
    const { holder } = this.sentinel;
    return { outcome: outcomeOf(info.code), marked: [], alreadyApplied: [], error: info, holder };
  }
}
