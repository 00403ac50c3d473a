import { SqliteError } from '../connection';
import { LockstepError } from '../errors';
import { databaseError } from './databaseError';
import { countViolations, type Violations } from './foreignKeyViolations';
import { standsAlone, type PreparedStep } from './preparedStep';
import type { StepResult } from './runEvent';
import type { RunSession } from './runSession';
import { runStepInTransaction } from './stepInTransaction';

/**
 * Consecutive steps in one transaction. Optimistic: when anything in it fails the caller rolls the
 * whole group back and tries its steps one by one, which finds whose fault it was. Savepoints would
 * not do: they do not undo full-text tables, ON CONFLICT ROLLBACK, pragmas or ATTACH.
 */
export class StepGroup {
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
   * @param isKnownViolated what already pointed nowhere when the group began is nobody's fault
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
    const rows = runStepInTransaction(session, step, baseline);
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
