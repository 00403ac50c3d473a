import { errorInfo } from '../../core/errors';
import type { MigrationRef } from '../../core/migration';
import type { CannotReason, RehearsedStep, StepVerdict } from '../../core/rehearsal/rehearsal';
import type { RehearsalReport } from '../../core/rehearsal/rehearsalJob';
import type { RunEvent } from '../../core/run/runEvent';
import type { Direction } from '../../core/run/direction';

/** What is known of a rehearsal that did not come to its end: how far it was. */
export class Unfinished {
  private planned: readonly MigrationRef[] = [];
  private current = 0;

  constructor(
    private readonly direction: Direction,
    private readonly rows: boolean,
  ) {}

  public onEvent(event: RunEvent): void {
    if (event.type === 'planned') {
      this.planned = event.steps;
    } else if (event.type === 'stepStarted') {
      this.current = event.step - 1;
    }
  }

  public report(error: unknown): RehearsalReport {
    const info = errorInfo(error);
    const reason = (
      info.code === 'rehearsal.cannot' ? info.params.reason : 'crash'
    ) as CannotReason;
    const detail = String(info.params.detail ?? '');
    const verdict = { kind: 'cannot', reason, ...(detail && { detail }) } as const;
    const fine: StepVerdict = { kind: this.rows ? 'works' : 'schemaOnly' };
    const after: StepVerdict = { kind: 'notReached' };
    const { direction, current } = this;
    const steps = this.planned.map((migration, i): RehearsedStep => {
      const own = i < current ? fine : i === current ? verdict : after;
      return { migration, direction, verdict: own, ms: 0, schema: [], tables: [] };
    });
    return {
      verdict: 'cannot',
      direction,
      steps,
      schemaBefore: [],
      schemaAfter: [],
      tables: [],
      losses: { rows: 0, columns: [], tables: [] },
      findings: [],
      statements: [],
      error: info,
    };
  }
}
