import { joinChanges } from './joinChanges';
import { lossesOf } from './losses';
import type { RehearsedStep, StepVerdict } from './rehearsal';
import type { RehearsalReport } from './rehearsalJob';
import { changedSchema } from './schemaChanges';
import { sortedSchema } from './schemaReader';
import { verdictOf } from './verdictOf';

/** A report with another verdict on one of its steps: those after it are not reached then. */
export function withVerdict(
  report: RehearsalReport,
  index: number,
  verdict: StepVerdict,
): RehearsalReport {
  const kept = report.steps.slice(0, index);
  const steps = report.steps.map((step, i): RehearsedStep => {
    if (i < index) {
      return step;
    }
    const { migration, direction } = step;
    const own: StepVerdict = i === index ? verdict : { kind: 'notReached' };
    return { migration, direction, ms: 0, schema: [], tables: [], verdict: own };
  });
  const error = verdict.kind === 'fails' ? verdict.error : undefined;
  const tables = joinChanges(kept.map((step) => step.tables));
  const changes = kept.flatMap(({ schema }) => schema);
  return {
    ...report,
    steps,
    error,
    verdict: verdictOf(steps, error),
    applies: error && kept.at(-1)?.migration.id,
    tables,
    losses: lossesOf(tables),
    schemaAfter: sortedSchema(changedSchema(report.schemaBefore, changes)),
  };
}
