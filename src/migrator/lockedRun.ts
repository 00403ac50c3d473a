import { randomUUID } from 'node:crypto';
import { LockstepError, errorInfo } from '../core/errors';
import type { Holder, HolderName } from '../core/holder';
import type { MigrationRef } from '../core/migration';
import { backoff } from '../core/run/backoff';
import { outcomeOf } from '../core/run/outcomeOf';
import type { RunReport } from '../core/run/runMigrations';
import type { RunEvent, StepResult } from '../core/run/runEvent';
import type { RunRequest } from '../core/run/runRequest';
import { waitReports } from '../core/run/waitReports';
import { processIdentity } from '../process/processIdentity';
import type { SentinelHandle, SentinelLock } from '../lock/sentinelLock';
import { canonicalPath } from '../sqlite/canonicalPath';
import type { DatabaseThread } from './databaseThread';
import type { PlanLook } from './threadMessages';

/** Milliseconds a thread gets to notice that it is cancelled; a statement cannot be interrupted. */
const cancelGraceMs = 400;
/** The same while it commits: by then it is nearly over, and killing would hide how it ended. */
const commitGraceMs = 3000;

type Report = RunReport & { readonly holder?: HolderName };

/** One run: looks, waits for the sentinel, lets the thread run, gives the sentinel back. */
export class LockedRun {
  /** Set when the thread did not stop in time. */
  public stuck = false;
  private readonly path: string;
  private readonly done: StepResult[] = [];
  private readonly alreadyDone: MigrationRef[] = [];
  private planned: readonly MigrationRef[] = [];
  private current: MigrationRef | undefined;
  private holder: HolderName | undefined;
  private handle: SentinelHandle | undefined;

  constructor(
    private readonly request: RunRequest,
    private readonly thread: DatabaseThread,
    private readonly sentinel: SentinelLock,
    private readonly onEvent: (event: RunEvent) => void,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.path = canonicalPath(request.target.database);
    thread.reserved = true;
    thread.control.reset();
  }

  public async result(): Promise<Report> {
    const cancel = (): void => this.thread.control.cancel();
    this.signal?.addEventListener('abort', cancel);
    if (this.signal?.aborted) {
      cancel();
    }
    try {
      return await this.lookWaitRun();
    } catch (error) {
      const info = errorInfo(error);
      return { ...this.soFar(), outcome: outcomeOf(info.code), error: info };
    } finally {
      this.signal?.removeEventListener('abort', cancel);
      await this.handle?.release();
      this.thread.reserved = this.stuck;
    }
  }

  /** Gives the sentinel back without waiting, for a process about to kill itself. */
  public releaseNow(): void {
    this.handle?.releaseNow();
  }

  private async lookWaitRun(): Promise<Report> {
    const plan = await this.look();
    if (plan.error) {
      throw new LockstepError(plan.error.code, plan.error.params, plan.error.place);
    }
    this.planned = plan.steps ?? [];
    if (plan.steps?.length === 0) {
      return this.nothingToDo(plan);
    }
    const { waitedMs, over } = await this.waitForSentinel();
    return over ? this.othersDidIt(over) : this.runInThread(waitedMs, plan.steps);
  }

  private look(): Promise<PlanLook> {
    const { target, direction, goal } = this.request;
    return this.thread.call('plan', { target, direction, goal });
  }

  /**
   * @returns `over`: while we waited others finished everything that we were to do
   */
  private async waitForSentinel(): Promise<{ waitedMs: number; over?: PlanLook }> {
    const start = performance.now();
    const delays = backoff();
    const reports = waitReports();
    const { totalMs } = this.request.wait;
    let token: string | undefined;
    for (let attempt = 1; ; attempt++) {
      this.throwIfCancelled();
      const tried = await this.tryAcquire();
      const waitedMs = performance.now() - start;
      if (tried === 'acquired') {
        this.onEvent({ type: 'locked', waitedMs });
        return { waitedMs };
      }
      if (waitedMs >= totalMs) {
        const params = { waitedMs: Math.round(waitedMs), attempts: attempt, limitMs: totalMs };
        throw new LockstepError('lock.timeout', { ...params, on: 'sentinel' });
      }
      this.holder = tried.holder ?? this.holder;
      if (attempt > 1 && tried.holder?.token !== token) {
        // Somebody has finished. All waiters may look at once, which saves them the queue.
        const plan = await this.look();
        if (plan.steps?.length === 0) {
          return { waitedMs, over: plan };
        }
      }
      token = tried.holder?.token;
      const delayMs = Math.min(delays.next().value, Math.max(totalMs - waitedMs, 0));
      const level = reports.due(waitedMs);
      if (level) {
        const { holder } = tried;
        this.onEvent({
          type: 'waiting',
          on: 'sentinel',
          holder,
          attempt,
          waitedMs,
          delayMs,
          level,
        });
      }
      await this.sleep(delayMs);
    }
  }

  private async tryAcquire(): Promise<'acquired' | { holder?: Holder }> {
    const { owner, wait } = this.request;
    try {
      const tried = await this.sentinel.tryAcquire(this.path, owner, wait.staleMs);
      if (!tried.held) {
        return { holder: tried.holder };
      }
      this.handle = tried.held;
      if (tried.tookOver) {
        this.onEvent({ type: 'tookOver', holder: tried.tookOver.holder });
      }
    } catch (error) {
      // The sentinel is for order and for people. SQLite's own lock protects the run without it.
      this.onEvent({ type: 'unguarded', message: (error as Error).message });
    }
    return 'acquired';
  }

  private async runInThread(
    waitedMs: number,
    intended: readonly MigrationRef[] | undefined,
  ): Promise<Report> {
    const { target, direction, goal, wait, transaction, owner, reach } = this.request;
    const job = {
      id: randomUUID(),
      direction,
      goal,
      intended: intended?.map(({ version }) => version),
      wait,
      waitedMs,
      transaction,
      reach,
      owner: { ...owner, ...processIdentity() },
    };
    const token = this.handle?.holder.token;
    const running = this.thread.call('run', { target, job, token }, (event) => this.pass(event));
    const report = await Promise.race([running, this.forcedEnd()]);
    const holder = report.alreadyApplied.length ? this.holder : undefined;
    return {
      ...report,
      holder: holder ?? (report.outcome === 'timeout' ? this.holder : undefined),
    };
  }

  private pass(event: RunEvent): void {
    switch (event.type) {
      case 'planned':
        this.planned = event.steps;
        break;
      case 'waiting':
        this.holder = event.holder;
        break;
      case 'stepStarted': {
        this.current = event.migration;
        const { direction, step, steps, migration } = event;
        this.handle?.progress({ direction, step, steps, migration: migration.id });
        break;
      }
      case 'stepDone':
        this.done.push(event.done);
        break;
      case 'alreadyDone':
        this.alreadyDone.push(event.migration);
        this.holder = event.holder ?? this.holder;
        this.onEvent({ ...event, holder: this.holder });
        return;
    }
    this.onEvent(event);
  }

  /** Settles only when the run is cancelled and its thread does not stop by itself. */
  private forcedEnd(): Promise<Report> {
    return new Promise((resolve) => {
      const give = (ms: number): void => {
        setTimeout(() => {
          if (this.thread.control.committing && ms === cancelGraceMs) {
            give(commitGraceMs);
          } else if (this.thread.busy) {
            this.stuck = true;
            resolve({
              ...this.soFar(),
              outcome: 'cancelled',
              interrupted: this.current,
              error: errorInfo(new LockstepError('run.cancelled')),
            });
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

  private nothingToDo({ findings, engine }: PlanLook): Report {
    findings.forEach((finding) => this.onEvent({ type: 'finding', finding }));
    const nothing = { applied: [], alreadyApplied: [], remaining: [] };
    return { ...nothing, outcome: 'done', findings, engine };
  }

  private othersDidIt({ findings, engine }: PlanLook): Report {
    const { planned: alreadyApplied, holder } = this;
    for (const migration of alreadyApplied) {
      this.onEvent({ type: 'alreadyDone', migration, holder });
    }
    return {
      outcome: 'done',
      applied: [],
      alreadyApplied,
      remaining: [],
      findings,
      engine,
      holder,
    };
  }

  private soFar(): Report {
    const over = new Set([
      ...this.done.map(({ migration }) => migration.id),
      ...this.alreadyDone.map(({ id }) => id),
    ]);
    return {
      outcome: 'failed',
      applied: this.done,
      alreadyApplied: this.alreadyDone,
      remaining: this.planned.filter(({ id }) => !over.has(id)),
      findings: [],
      holder: this.holder,
    };
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
