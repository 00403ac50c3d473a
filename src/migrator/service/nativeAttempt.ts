import type { EngineInfo } from '../../core/connection';
import type { ErrorInfo } from '../../core/errors';
import type { RehearsalReport } from '../../core/rehearsal/rehearsalJob';
import { withVerdict } from '../../core/rehearsal/rehearse';
import { TemporaryFolder } from '../../system/temporaryFolder';
import type { NativeAttempt, RehearsalRequest } from '../protocol';
import type { Misunderstood } from '../threadProtocol';
import { limitedCall } from './threads';

/**
 * Combines what one engine found with what the other, which would run the migrations, does not
 * understand of the same statements: each understands some that the other does not.
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
  const refusal = misunderstood.find(({ index }) => index === last);
  const isUnsure = verdict.kind === 'fails' && !(isFinal && report.failedRunning);
  if (isUnsure && needsAgreement(verdict.error) && !agrees(verdict.error, refusal)) {
    const { place, params } = verdict.error;
    const detail = String(params.message);
    return withVerdict(report, failing, { kind: 'cannot', reason: 'newer', detail, place });
  }
  if (verdict.kind === 'cannot' && refusal && ofEngine.test(refusal.message)) {
    const params = {
      migration: report.steps[failing].migration.id,
      statement: report.statements[last].text.slice(0, 300),
      message: refusal.message,
    };
    const error = { code: 'sql.failed', params, place: refusal.place ?? verdict.place } as const;
    return withVerdict(report, failing, { kind: 'fails', error });
  }
  return report;
}

/** An engine's refusals that do not depend on what the database holds. */
const ofEngine =
  /syntax error|unrecognized token|incomplete input|no such (module|function|collation)/;

/** SQLITE_CONSTRAINT: of the rows, which a statement that was only compiled has not met. */
const constraint = 19;

/** Whether an error may be one of the engine that tried it alone. */
function needsAgreement({ code, params }: ErrorInfo): boolean {
  return code === 'sql.failed' && (Number(params.sqliteCode) & 255) !== constraint;
}

/**
 * The same words, for it may refuse the statement for another reason: it has not run those before.
 * A table that is missing may be one that is built into it (https://www.sqlite.org/dbstat.html).
 */
function agrees({ params }: ErrorInfo, refusal: Misunderstood | undefined): boolean {
  return refusal?.message === params.message;
}

/**
 * Rehearses through `node:sqlite` on a copy in a temporary folder: what sql.js lacks. In a process of
 * its own, since a statement of `node:sqlite` can only be stopped with its process.
 *
 * @param modulePath of the bundled migrator
 * @throws LockstepError `rehearsal.cannot`, `run.cancelled`, `migrator.crashed`
 */
export async function attemptNatively(
  request: RehearsalRequest,
  modulePath: string,
  signal: AbortSignal | undefined,
): Promise<NativeAttempt> {
  const { MigratorClient } = await import('../client');
  TemporaryFolder.sweep(prefix);
  const folder = new TemporaryFolder(prefix);
  const client = new MigratorClient({ modulePath, log: () => undefined });
  try {
    const { maxMs } = request.limits;
    const work = client.ask('attempt', { request, folder: folder.path });
    return await limitedCall(work, { maxMs, signal }, () => client.dispose());
  } finally {
    await client.end();
    folder.remove();
  }
}

/** What the names of our temporary folders begin with. */
const prefix = 'lockstep-rehearsal-';
