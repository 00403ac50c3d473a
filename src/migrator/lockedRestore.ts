import { errorInfo } from '../core/errors';
import type { HolderName } from '../core/holder';
import { outcomeOf } from '../core/run/outcomeOf';
import type { RestoreRequest } from '../core/run/restoreRequest';
import type { RunEvent } from '../core/run/runEvent';
import { canonicalPath } from '../sqlite/canonicalPath';
import { LockedJob, type JobMeans } from './lockedJob';
import type { RestoreReport } from './threadMessages';

type LockedRestoreReport = RestoreReport & { readonly holder?: HolderName };

/** One restore: waits for the sentinel, lets the thread restore, gives the sentinel back. */
export class LockedRestore extends LockedJob<LockedRestoreReport> {
  /** The copy of what is to be replaced. */
  private backup: string | undefined;

  constructor(
    private readonly request: RestoreRequest,
    means: JobMeans,
  ) {
    const { owner, wait, database } = request;
    super({ path: canonicalPath(database), owner, wait }, means);
  }

  protected async work(): Promise<LockedRestoreReport> {
    const waitedMs = (await this.sentinel.acquire())!;
    const { request, token } = this;
    const call = this.lease.thread.call('restore', { request, waitedMs, token }, (event) =>
      this.pass(event),
    );
    const report = await this.lease.settle(call, () => this.cancelled());
    return report.outcome === 'timeout' ? { ...report, holder: this.sentinel.holder } : report;
  }

  protected ended(error: unknown): LockedRestoreReport {
    const info = errorInfo(error);
    const { backup } = this;
    return { outcome: outcomeOf(info.code), backup, error: info, holder: this.sentinel.holder };
  }

  private pass(event: RunEvent): void {
    if (event.type === 'backedUp') {
      this.backup = event.file;
    } else if (event.type === 'waiting') {
      this.sentinel.holder = event.holder;
    }
    this.means.onEvent(event);
  }
}
