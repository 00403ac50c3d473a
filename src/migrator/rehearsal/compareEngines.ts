import type { ErrorInfo, Place } from '../../core/errors';
import type { RehearsalReport } from '../../core/rehearsal/rehearsalJob';
import type { EngineInfo } from '../../core/rehearsal/rehearsal';
import { withVerdict } from '../../core/rehearsal/withVerdict';

/** What the engine that would run the statements does not understand of them. */
export interface Misunderstood {
  /** Of the statement in the report. */
  readonly index: number;
  readonly message: string;
  readonly place?: Place;
}

/** An engine's refusals that do not depend on what the database holds. */
const ofEngine =
  /syntax error|unrecognized token|incomplete input|no such (module|function|collation)/;

/** SQLITE_CONSTRAINT: of the rows, which a statement that was only compiled has not met. */
const constraint = 19;

/**
 * Brings what one engine found together with what the other, which would run the migrations, says to
 * the same statements: each understands what the other does not.
 *
 * @param isFinal nobody is asked after this: what both understand and one fails at while it runs, of
 *   the rows, fails
 */
export function compareEngines(
  report: RehearsalReport,
  misunderstood: readonly Misunderstood[],
  {
    engine,
    runEngine,
    isFinal = false,
  }: { readonly engine: EngineInfo; readonly runEngine: EngineInfo; readonly isFinal?: boolean },
): RehearsalReport {
  const last = report.statements.length - 1;
  const failing = report.steps.findIndex(({ verdict }) => /^(fails|cannot)$/.test(verdict.kind));
  const found = misunderstood.find(({ message }) => ofEngine.test(message));
  if (found && !(failing >= 0 && found.index === last)) {
    const { step, text } = report.statements[found.index];
    const params = {
      migration: report.steps[step].migration.id,
      statement: text.slice(0, 300),
      message: found.message,
      version: runEngine.sqliteVersion,
      understoodBy: engine.sqliteVersion,
    };
    const error = { code: 'sql.newer', params, place: found.place } as const;
    return withVerdict(report, step, { kind: 'fails', error });
  }
  if (failing < 0) {
    return report;
  }
  const { verdict } = report.steps[failing];
  const said = misunderstood.find(({ index }) => index === last);
  const isUnsure = verdict.kind === 'fails' && !(isFinal && report.failedRunning);
  if (isUnsure && needsAgreement(verdict.error) && !agrees(verdict.error, said)) {
    const { place, params } = verdict.error;
    const detail = String(params.message);
    return withVerdict(report, failing, { kind: 'cannot', reason: 'newer', detail, place });
  }
  if (verdict.kind === 'cannot' && said && ofEngine.test(said.message)) {
    const params = {
      migration: report.steps[failing].migration.id,
      statement: report.statements[last].text.slice(0, 300),
      message: said.message,
    };
    const error = { code: 'sql.failed', params, place: said.place ?? verdict.place } as const;
    return withVerdict(report, failing, { kind: 'fails', error });
  }
  return report;
}

/** Whether an error may be one of the engine that tried it alone. */
function needsAgreement({ code, params }: ErrorInfo): boolean {
  return code === 'sql.failed' && (Number(params.sqliteCode) & 255) !== constraint;
}

/**
 * The same words, for it may refuse the statement for another reason: it has not run those before.
 * A table that is missing may be one that is built into it (https://www.sqlite.org/dbstat.html).
 */
function agrees({ params }: ErrorInfo, said: Misunderstood | undefined): boolean {
  return said?.message === params.message;
}
