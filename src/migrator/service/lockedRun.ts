import { errorInfo, LockstepError } from '../../core/errors';
import type { HolderName, MigrationRef } from '../../core/model';
import { interruptedError, type Mark } from '../../core/run/runningMark';
import { outcomeOf, type RunEvent, type StepResult } from '../../core/run/runEvents';
import type { RunReport } from '../../core/run/runMigrations';
import type { RunRequest } from '../../core/run/runRequest';
import { randomHex } from '../../system/process';
import { canonicalPath } from '../../sqlite/databaseFile';
import { StepWatcher } from '../eventBatcher';
import { marksOf } from '../sidecar';
import type { PlanPreview } from '../threadProtocol';
import { type JobContext, LockedJob } from './lockedJob';
import { rehearseFirst } from './rehearseFirst';
import type { Rehearser } from './rehearser';

type Report = RunReport & { readonly holder?: HolderName };

/** One run: reads what is to do, waits for the sentinel, lets the thread run, gives the sentinel back. */
export class LockedRun extends LockedJob<Report> {
  private readonly done: StepResult[] = [];
  private readonly alreadyDone: MigrationRef[] = [];
  private planned: readonly MigrationRef[] = [];
  private current: MigrationRef | undefined;
  private backup: string | undefined;

  constructor(
    private readonly request: RunRequest,
    context: JobContext,
    private readonly rehearser: Pick<Rehearser, 'rehearse'>,
  ) {
    const { owner, wait, target } = request;
    super({ path: canonicalPath(target.database), owner, wait }, context);
  }

  protected async work(): Promise<Report> {
    const plan = await this.previewPlan();
    if (plan.error) {
      throw new LockstepError(plan.error.code, plan.error.params, plan.error.place);
    }
    this.planned = plan.steps ?? [];
    if (plan.steps?.length === 0) {
      return this.nothingToDo(plan);
    }
    let over: PlanPreview | undefined;
    const waitedMs = await this.sentinel.acquire(async () => {
      over = await this.previewPlan();
      return over.steps?.length === 0;
    });
    if (waitedMs === undefined) {
      return this.doneByOthers(over!);
    }
    // Whoever had the sentinel before us may have done a part.
    const now = this.sentinel.holder ? await this.previewPlan() : plan;
    return (await this.rehearse(now)) ?? this.runInThread(waitedMs, plan.steps);
  }

  private rehearse(plan: PlanPreview): Promise<Report | undefined> {
    const { rehearser } = this;
    const { signal } = this.context;
    const previewPlan = (): Promise<PlanPreview> => this.previewPlan();
    const emit = (event: RunEvent): void => this.emit([event]);
    const { thread } = this.lease;
    return rehearseFirst(this.request, plan, { rehearser, thread, signal, emit, previewPlan });
  }

  private previewPlan(): Promise<PlanPreview> {
    const { target, direction, goal, rehearse = { mode: 'never' } } = this.request;
    const named = rehearse.mode !== 'never';
    return this.lease.thread.call('plan', { target, direction, goal, named });
  }

  private async runInThread(
    waitedMs: number,
    intended: readonly MigrationRef[] | undefined,
  ): Promise<Report> {
    const { target, direction, goal, wait, transaction, owner, fileAccess, backup } = this.request;
    const job = {
      id: randomHex(32),
      direction,
      goal,
      intended: intended?.map(({ version }) => version),
      wait,
      waitedMs,
      transaction,
      fileAccess,
      owner: { ...owner, ...this.identity() },
    };
    const { token } = this;
    const { thread } = this.lease;
    const watcher = new StepWatcher(
      direction,
      () => thread.control.step,
      (events) => this.emit(events.map((event) => this.noted(event))),
    );
    const call = thread.call('run', { target, job, token, backup }, (events) =>
      watcher.receive(events),
    );
    const report = await this.lease
      .settle(call, () => {
        watcher.poll();
        return this.cancelled();
      })
      .finally(() => watcher.end());
    const isOthers = report.alreadyApplied.length > 0 || report.outcome === 'timeout';
    return { ...report, holder: isOthers ? this.sentinel.holder : undefined };
  }

  /** Keeps what is known where the thread dies or never answers. */
  private noted(event: RunEvent): RunEvent {
    switch (event.type) {
      case 'planned':
        this.planned = event.steps;
        break;
      case 'waiting':
        this.sentinel.holder = event.holder;
        break;
      case 'backedUp':
        this.backup = event.file;
        break;
      case 'stepStarted': {
        this.current = event.migration;
        const { direction, step, steps, migration } = event;
        this.sentinel.handle?.progress({ direction, step, steps, migration: migration.id });
        break;
      }
      case 'stepDone':
        this.done.push(event.done);
        break;
      case 'alreadyDone':
        this.alreadyDone.push(event.migration);
        this.sentinel.holder = event.holder ?? this.sentinel.holder;
        return { ...event, holder: this.sentinel.holder };
      default:
    }
    return event;
  }

  protected ended(error: unknown): Report {
    const info = errorInfo(error);
    return { ...this.soFar(), outcome: outcomeOf(info.code), error: info };
  }

  /** Of a step outside a transaction something may remain; its mark says so to all who read it later. */
  protected override cancelled(): Report {
    const mark = this.ownMark();
    const report = mark ? this.ended(interruptedError(mark)) : super.cancelled();
    return { ...report, outcome: 'cancelled', interrupted: this.current };
  }

  private ownMark(): Mark | undefined {
    const mark = marksOf(this.lockRequest.path).read();
    const { pid, started } = this.identity();
    const isOurs = mark?.owner.pid === pid && mark.owner.started === started;
    return isOurs && mark.persisted > 0 && mark.migration.id === this.current?.id
      ? mark
      : undefined;
  }

  private nothingToDo({ findings, engine }: PlanPreview): Report {
    this.emit(findings.map((finding) => ({ type: 'finding', finding })));
    const nothing = { applied: [], alreadyApplied: [], remaining: [] };
    return { ...nothing, outcome: 'done', findings, engine };
  }

  private doneByOthers({ findings, engine }: PlanPreview): Report {
    const { planned: alreadyApplied } = this;
    const { holder } = this.sentinel;
    this.emit(alreadyApplied.map((migration) => ({ type: 'alreadyDone', migration, holder })));
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
      backup: this.backup,
      holder: this.sentinel.holder,
    };
  }
}
