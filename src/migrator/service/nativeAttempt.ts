import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ErrorInfo, LockstepError } from '../../core/errors';
import type { EngineInfo } from '../../core/connection';
import type { RehearsalReport } from '../../core/rehearsal/rehearsalJob';
import { withVerdict } from '../../core/rehearsal/rehearse';
import type { NativeAttempt, RehearsalRequest } from '../protocol';
import type { Misunderstood } from '../threadProtocol';

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

const prefix = 'lockstep-rehearsal-';

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
  sweep();
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  const client = new MigratorClient({ modulePath, log: () => undefined });
  try {
    const { maxMs } = request.limits;
    const work = client.ask('attempt', { request, folder });
    return await limitedCall(work, { maxMs, signal }, () => client.dispose());
  } finally {
    await client.end();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Removes what killed processes have left. */
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(prefix) ? parseInt(name.slice(prefix.length), 10) : NaN;
    if (pid > 0 && !isAlive(pid)) {
      try {
        rmSync(join(tmpdir(), name), { recursive: true, force: true });
      } catch {
        // Another user's, most likely: no reason to try nothing here.
      }
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

interface CallLimits {
  readonly maxMs: number;
  readonly graceMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Waits for work that may never end by itself, and ends it when it takes too long or nobody wants it
 * any more.
 *
 * @param limits.maxMs milliseconds
 * @param limits.graceMs milliseconds that work which nobody wants any more may take to end by itself,
 *   where ending it costs more than that
 * @param end ends the work, whatever it does
 * @throws LockstepError `rehearsal.cannot` with reason `time`, or `run.cancelled`
 */
export async function limitedCall<T>(
  work: Promise<T>,
  { maxMs, signal, graceMs = 0 }: CallLimits,
  end: () => void | Promise<void>,
): Promise<T> {
  let stop: (error: Error) => void = () => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = (error) => {
      work.catch(() => undefined); // it ends now, and nobody waits for it
      void end();
      reject(error);
    };
  });
  const timer = setTimeout(
    () => stop(new LockstepError('rehearsal.cannot', { reason: 'time' })),
    maxMs,
  );
  let grace: NodeJS.Timeout | undefined;
  const giveUp = (): void => stop(new LockstepError('run.cancelled'));
  const cancel = (): void => {
    if (graceMs > 0) {
      grace = setTimeout(giveUp, graceMs);
    } else {
      giveUp();
    }
  };
  signal?.addEventListener('abort', cancel);
  if (signal?.aborted) {
    cancel();
  }
  try {
    return await Promise.race([work, stopped]);
  } finally {
    clearTimeout(timer);
    clearTimeout(grace);
    signal?.removeEventListener('abort', cancel);
  }
}

/** Lets one work after another, in the order they come. */
export class Mutex {
  private last: Promise<unknown> = Promise.resolve();

  public async take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work, work);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
