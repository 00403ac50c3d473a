import { errorInfo, LockstepError } from '../../core/errors';
import type { Direction, HolderName, MigrationRef } from '../../core/model';
import { interruptedError, type Mark } from '../../core/run/runningMark';
import { outcomeOf, type RunEvent, type StepResult } from '../../core/run/runEvents';
import type { RunReport } from '../../core/run/runMigrations';
import type { RunRequest } from '../../core/run/runRequest';
import { randomHex } from '../../system/process';
import { canonicalPath } from '../../sqlite/databaseFile';
import { marksOf } from '../sidecar';
import type { PlanPreview } from '../threadProtocol';
import { type JobContext, LockedJob } from './lockedJob';
import { rehearseFirst } from './rehearseFirst';
import type { Rehearser } from './rehearser';

type Report = RunReport & { readonly holder?: HolderName };

/** One run: looks, waits for the sentinel, lets the thread run, gives the sentinel back. */
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
    const plan = await this.look();
    if (plan.error) {
      throw new LockstepError(plan.error.code, plan.error.params, plan.error.place);
    }
    this.planned = plan.steps ?? [];
    if (plan.steps?.length === 0) {
      return this.nothingToDo(plan);
    }
    let over: PlanPreview | undefined;
    const waitedMs = await this.sentinel.acquire(async () => {
      over = await this.look();
      return over.steps?.length === 0;
    });
    if (waitedMs === undefined) {
      return this.othersDidIt(over!);
    }
    // Whoever had the sentinel before us may have done a part.
    const now = this.sentinel.holder ? await this.look() : plan;
    return (await this.rehearse(now)) ?? this.runInThread(waitedMs, plan.steps);
  }

  private rehearse(plan: PlanPreview): Promise<Report | undefined> {
    const { rehearser } = this;
    const { signal } = this.context;
    const look = (): Promise<PlanPreview> => this.look();
    const onEvent = (event: RunEvent): void => this.context.onEvent(event);
    const { thread } = this.lease;
    return rehearseFirst(this.request, plan, { rehearser, thread, signal, onEvent, look });
  }

  private look(): Promise<PlanPreview> {
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
    const seen = new StepsSeen(
      direction,
      () => thread.control.step,
      (event) => this.pass(event),
    );
    const call = thread.call('run', { target, job, token, backup }, (event) => seen.add(event));
    const report = await this.lease
      .settle(call, () => {
        seen.look();
        return this.cancelled();
      })
      .finally(() => seen.end());
    const isOthers = report.alreadyApplied.length > 0 || report.outcome === 'timeout';
    return { ...report, holder: isOthers ? this.sentinel.holder : undefined };
  }

  private pass(event: RunEvent): void {
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
        this.context.onEvent({ ...event, holder: this.sentinel.holder });
        return;
      default:
    }
    this.context.onEvent(event);
  }

  protected ended(error: unknown): Report {
    const info = errorInfo(error);
    return { ...this.soFar(), outcome: outcomeOf(info.code), error: info };
  }

  /** Of a step outside a transaction something may stay: what its mark says to every later look. */
  protected override cancelled(): Report {
    const mark = this.ownMark();
    const report = mark ? this.ended(interruptedError(mark)) : super.cancelled();
    return { ...report, outcome: 'cancelled', interrupted: this.current };
  }

  private ownMark(): Mark | undefined {
    const mark = marksOf(this.wish.path).read();
    const { pid, started } = this.identity();
    const isOurs = mark?.owner.pid === pid && mark.owner.started === started;
    return isOurs && mark.persisted > 0 && mark.migration.id === this.current?.id
      ? mark
      : undefined;
  }

  private nothingToDo({ findings, engine }: PlanPreview): Report {
    findings.forEach((finding) => this.context.onEvent({ type: 'finding', finding }));
    const nothing = { applied: [], alreadyApplied: [], remaining: [] };
    return { ...nothing, outcome: 'done', findings, engine };
  }

  private othersDidIt({ findings, engine }: PlanPreview): Report {
    const { planned: alreadyApplied } = this;
    const { holder } = this.sentinel;
    for (const migration of alreadyApplied) {
      this.context.onEvent({ type: 'alreadyDone', migration, holder });
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
      backup: this.backup,
      holder: this.sentinel.holder,
    };
  }
}

/** Milliseconds between two looks at which step has begun. */
const lookGapMs = 25;

/**
 * Makes of what a thread tells late (see `StepsTold`) what happens when it happens: as long as it runs
 * it is seen which step has begun, and each beginning is passed on once, in order.
 */
export class StepsSeen {
  private steps: readonly MigrationRef[] = [];
  private passed = 0;
  /** Ids of what is done, by whomever. */
  private readonly over = new Set<string>();
  private readonly timer: NodeJS.Timeout;

  /** @param current the number of the step that has begun, 0 while none is known to have */
  constructor(
    private readonly direction: Direction,
    private readonly current: () => number,
    private readonly pass: (event: RunEvent) => void,
  ) {
    this.timer = setInterval(() => this.look(), lookGapMs).unref();
  }

  /** What the thread tells. */
  add(event: RunEvent): void {
    switch (event.type) {
      case 'planned':
        this.steps = event.steps;
        break;
      case 'stepStarted':
        if (event.step <= this.passed) {
          return;
        }
        this.passed = event.step;
        break;
      case 'stepDone':
        this.over.add(event.done.migration.id);
        break;
      case 'alreadyDone':
        this.over.add(event.migration.id);
        break;
      case 'replaying':
        this.passed = 0; // those that are left begin once more
        break;
      default:
    }
    this.pass(event);
  }

  /** Passes on what has begun and was not told yet. */
  look(): void {
    const { steps, direction } = this;
    const current = Math.min(this.current(), steps.length);
    while (this.passed < current) {
      const step = ++this.passed;
      const migration = steps[step - 1];
      if (!this.over.has(migration.id)) {
        this.pass({ type: 'stepStarted', direction, migration, step, steps: steps.length });
      }
    }
  }

  end(): void {
    clearInterval(this.timer);
  }
}
