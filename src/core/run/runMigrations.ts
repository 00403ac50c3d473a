import { SqliteError } from '../connection';
import { errorInfo, LockstepError } from '../errors';
import type { Step } from '../model';
import { planRun, refuseDuplicates } from '../plan/plan';
import { countViolations, type Violations } from './violations';
import { refuseOrphanedMark, runNonTransactionalStep } from './nonTransactionalStep';
import { type PreparedStep, prepareStep, refuseFileAccess, standsAlone } from './preparedStep';
import type { RunEnvironment, RunJob } from './runEnvironment';
import { type Outcome, outcomeOf, type RunResult, type StepResult } from './runEvents';
import { databaseError, RunSession } from './runSession';
import { runTransactionalStep, ViolationsFound } from './transactionalStep';

/** How a run ended, but for what only its caller knows: how long it took and who else worked. */
export type RunReport = Omit<RunResult, 'ms' | 'holder'>;

/** A group is committed when it is this old, in milliseconds: the fsync is what costs. */
const groupAgeMs = 50;

/**
 * The migration loop. Synchronous but for the backup, which is made in the transaction that nobody
 * else can write beside; belongs in a thread of its own. Everything it decides rests on the history
 * as read inside the transaction that changes it, so it is right with no other lock.
 */
export async function runMigrations(job: RunJob, env: RunEnvironment): Promise<RunReport> {
  const session = new RunSession(job, env);
  try {
    const steps = planInside(session);
    await session.backUp(steps);
    runSteps(session, steps);
    return report(session, 'done');
  } catch (error) {
    const info = errorInfo(databaseError(error, env.factory.path));
    const { cancelled } = env.control;
    const outcome = cancelled && session.interrupted ? 'cancelled' : outcomeOf(info.code);
    return { ...report(session, outcome), error: info };
  } finally {
    session.close();
  }
}

/** Reads the history under the lock and decides what is left to do. Leaves the transaction open. */
function planInside(session: RunSession): PreparedStep[] {
  const { job, env } = session;
  beginOnCurrentFile(session);
  const applied = session.history().versions();
  refuseOrphanedMark(session, applied);
  const log = env.log.read();
  const { migrations, format } = env;
  const plan = planRun({
    format,
    migrations,
    applied,
    log,
    direction: job.direction,
    goal: job.goal,
    intended: job.intended,
  });
  refuseDuplicates(plan.findings);
  plan.findings.forEach((finding) => session.find(finding));
  reportAlreadyDone(session, plan.steps);
  const steps = plan.steps.map((step) => prepareStep(step, format, applied));
  session.plan(steps);
  steps.forEach((step) => refuseFileAccess(step, env.checkFileAccess));
  if (job.transaction === 'all') {
    refuseNotAtomic(steps);
  }
  return steps;
}

/**
 * While we waited, a Lockstep with another engine may have replaced the file. Nothing rests on what
 * was in the old one yet, so we start with the new one; later that would be an error.
 */
function beginOnCurrentFile(session: RunSession): void {
  for (let tries = 1; ; tries++) {
    session.begin({ foreignKeys: false });
    try {
      session.open.assertSameFile();
      return;
    } catch (error) {
      if (tries === 5) {
        throw error;
      }
      session.abandon();
    }
  }
}

/** What the person meant and is done by now was done by somebody else. */
function reportAlreadyDone(session: RunSession, steps: readonly Step[]): void {
  const left = new Set(steps.map(({ migration }) => migration.version));
  for (const version of session.job.intended ?? []) {
    if (!left.has(version)) {
      const migration = session.env.migrations.find((m) => m.version === version);
      session.already(migration ?? { version, id: version, name: version });
    }
  }
}

function refuseNotAtomic(steps: readonly PreparedStep[]): void {
  const separate = steps.find(
    ({ sql, script }, index) =>
      sql.mode === 'nonTransactional' ||
      script.foreignKeys ||
      (sql.lasting && index < steps.length - 1),
  );
  if (separate) {
    throw new LockstepError('run.notAtomic', {
      migration: separate.ref.id,
      needs: separate.sql.needs ?? 'asked',
    });
  }
}

function runSteps(session: RunSession, steps: readonly PreparedStep[]): void {
  // Steps before this index are tried one by one, because their group failed.
  let aloneUntil = session.job.transaction === 'each' ? steps.length : 0;
  for (let next = 0; next < steps.length;) {
    session.throwIfCancelled();
    if (steps[next].sql.mode === 'nonTransactional') {
      runNonTransactionalStep(session, steps[next], next);
      next++;
      continue;
    }
    const isAll = session.job.transaction === 'all';
    const ageMs = isAll ? Infinity : groupAgeMs;
    const end = next < aloneUntil ? next + 1 : steps.length;
    const group = new StepGroup(session, steps, next);
    try {
      next = group.run(end, ageMs);
    } catch (error) {
      session.abandon();
      if (group.end === next) {
        throw error; // no step had begun
      }
      const single = group.end - next <= 1 || isAll;
      if (error instanceof ViolationsFound && single) {
        next = group.runKnowingViolations(isAll ? end : next + 1, ageMs);
      } else if (single || isFinal(error)) {
        throw session.failed(steps[group.end - 1], error);
      } else {
        aloneUntil = group.end;
        session.env.emit({ type: 'replaying', migration: steps[group.end - 1].ref });
      }
    }
  }
}

/** Errors that another, smaller transaction would meet as well. */
function isFinal(error: unknown): boolean {
  return (
    error instanceof LockstepError &&
    ['run.cancelled', 'lock.timeout', 'database.replaced'].includes(error.code)
  );
}

function report(session: RunSession, outcome: Outcome): RunReport {
  return {
    outcome,
    applied: session.done,
    alreadyApplied: session.alreadyDone,
    remaining: session.remaining(),
    interrupted: session.interrupted,
    findings: session.findings,
    backup: session.backup,
    engine: session.engine,
  };
}

/**
 * Consecutive steps in one transaction. Optimistic: when anything in it fails the caller rolls the
 * whole group back and tries its steps one by one, which finds whose fault it was. Savepoints would
 * not do: they do not undo full-text tables, ON CONFLICT ROLLBACK, pragmas or ATTACH.
 */
class StepGroup {
  /** The index after the last step that was begun. */
  public end: number;

  constructor(
    private readonly session: RunSession,
    private readonly steps: readonly PreparedStep[],
    private readonly from: number,
  ) {
    this.end = from;
  }

  /**
   * Runs and commits steps from the first on, until `end`, `ageMs` or a step that must be alone.
   * @param isKnownViolated what already pointed nowhere when the group began is not held against it
   * @returns the index of the first step that was not run
   */
  public run(end: number, ageMs: number, isKnownViolated = false): number {
    const { session, steps } = this;
    const first = steps[this.from];
    if (standsAlone(first) && this.from > 0) {
      session.abandon();
    }
    session.begin({ foreignKeys: first.script.foreignKeys });
    const baseline = isKnownViolated ? this.violations() : undefined;
    const started = performance.now();
    const ran: { step: PreparedStep; index: number; result: StepResult }[] = [];
    session.history().ensure();
    do {
      const index = this.end++;
      const result = this.runStep(steps[index], index, baseline);
      if (result) {
        ran.push({ step: steps[index], index, result });
      }
    } while (
      this.end < end &&
      performance.now() - started < ageMs &&
      (ageMs === Infinity || (!standsAlone(first) && !standsAlone(steps[this.end])))
    );
    session.throwIfCancelled();
    this.blaming(steps[this.end - 1], 'COMMIT', () => session.commit());
    if (standsAlone(first)) {
      session.abandon();
    }
    session.applied(ran);
    return this.end;
  }

  /** The same once more, accepting the violations that were there before. */
  public runKnowingViolations(end: number, ageMs: number): number {
    this.end = this.from;
    try {
      return this.run(end, ageMs, true);
    } catch (error) {
      this.session.abandon();
      throw this.session.failed(this.steps[Math.max(this.end - 1, this.from)], error);
    }
  }

  private violations(): Violations[] {
    const { session } = this;
    return countViolations(session.open, session.references().children);
  }

  private runStep(
    step: PreparedStep,
    index: number,
    baseline: readonly Violations[] | undefined,
  ): StepResult | undefined {
    const { session } = this;
    const history = session.history();
    const table = session.env.format.historyTable;
    if (history.has(step.version) === (step.direction === 'up')) {
      session.already(step.ref);
      return undefined;
    }
    session.started(step, index);
    const start = performance.now();
    const rows = runTransactionalStep(session, step, baseline);
    if (step.direction === 'up') {
      this.blaming(step, table.insertSql, () => history.record(step.version));
    } else {
      this.blaming(step, table.deleteSql, () => history.erase(step.version));
    }
    const ms = Math.round((performance.now() - start) * 10) / 10;
    return { migration: step.ref, direction: step.direction, ms, rows };
  }

  /** What a step has made impossible (a deferred key at its end, a history table that it drops) is its error. */
  private blaming({ ref, script }: PreparedStep, statement: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      const found = databaseError(error, this.session.env.factory.path);
      if (!(found instanceof SqliteError)) {
        throw found;
      }
      throw new LockstepError(
        'sql.failed',
        { migration: ref.id, statement, message: found.message, sqliteCode: found.code },
        { file: script.file, line: 1, column: 1 },
      );
    }
  }
}
