import type { MarkRequest, MarkResult } from '../../core/drift/markRequest';
import { errorInfo } from '../../core/errors';
import { outcomeOf } from '../../core/run/outcomeOf';
import { canonicalPath } from '../../sqlite/canonicalPath';
import { LockedJob, type JobMeans } from '../lockedJob';

type MarkReport = Omit<MarkResult, 'ms'>;

/** Waits for the sentinel, lets the thread record, gives the sentinel back. */
export class LockedMark extends LockedJob<MarkReport> {
  constructor(
    private readonly request: MarkRequest,
    means: JobMeans,
  ) {
    const { owner, wait, target } = request;
    super({ path: canonicalPath(target.database), owner, wait }, means);
  }

  protected async work(): Promise<MarkReport> {
    const waitedMs = (await this.sentinel.acquire())!;
    const { target, versions, wait } = this.request;
    const owner = { ...this.request.owner, ...this.identity() };
    const ask = { target, versions, owner, wait, waitedMs, token: this.token };
    const call = this.lease.thread.call('mark', ask);
    const report = await this.lease.settle(call, () => this.cancelled());
    return report.error || report.alreadyApplied.length > 0
      ? { ...report, holder: this.sentinel.holder }
      : report;
  }

  protected ended(error: unknown): MarkReport {
    const info = errorInfo(error);
    const { holder } = this.sentinel;
    return { outcome: outcomeOf(info.code), marked: [], alreadyApplied: [], error: info, holder };
  }
}
