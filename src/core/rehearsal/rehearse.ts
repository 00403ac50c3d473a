import { SqliteError } from '../connection';
import { LockstepError } from '../errors';
import { runMigrations, type RunReport } from '../run/runMigrations';
import { joinChanges } from './joinChanges';
import { lossesOf } from './losses';
import { MemoryMarks } from './memoryMarks';
import type { RehearsalEnvironment, RehearsalJob, RehearsalReport } from './rehearsalJob';
import { RunObserver } from './runObserver';
import { verdictOf } from './verdictOf';
import { WatchedFactory } from './watchedFactory';

/** Waits are for others, and a copy has none. */
const noWait = { attemptMs: 0, totalMs: 0, staleMs: 0 };
const nobody = { kind: 'terminal', version: '', pid: 0, host: '', machine: '' } as const;

/**
 * Runs migrations on a copy, by the very loop that runs them for good, and tells what they did.
 * Changes the copy.
 *
 * @throws LockstepError `run.cancelled`; `rehearsal.cannot` where the copy cannot be read afterwards
 */
export async function rehearse(
  job: RehearsalJob,
  env: RehearsalEnvironment,
): Promise<RehearsalReport> {
  const factory = new WatchedFactory(env.factory);
  const observer = new RunObserver(factory, env, job);
  const { direction, goal, intended } = job;
  const report = await runMigrations(
    {
      id: 'rehearsal',
      direction,
      goal,
      intended,
      // A step at a time, so that the one that fails is known at once. Only a run that wants all or
      // nothing also lets the steps share a connection.
      transaction: job.transaction === 'all' ? 'all' : 'each',
      wait: noWait,
      waitedMs: 0,
      owner: nobody,
    },
    {
      ...env,
      factory,
      log: { read: () => env.log, append: () => undefined },
      marks: new MemoryMarks(),
      emit: (event) => {
        observer.onEvent(event);
        env.emit?.(event);
      },
      otherHolder: () => undefined,
    },
  );
  const { together, ...seen } = ended(observer, report);
  const working = seen.steps.filter(({ verdict }) => isFine(verdict.kind));
  const tables = together ?? joinChanges(working.map((step) => step.tables));
  const verdict = verdictOf(seen.steps, report.error);
  return {
    verdict,
    direction,
    ...seen,
    tables,
    losses: lossesOf(tables),
    findings: report.findings,
    ...(verdict === 'fails' && working.length && { applies: working.at(-1)!.migration.id }),
  };
}

/** A migration may leave a schema that SQLite cannot read any more (`PRAGMA writable_schema`). */
function ended(observer: RunObserver, report: RunReport): ReturnType<RunObserver['end']> {
  try {
    return observer.end(report);
  } catch (error) {
    if (error instanceof SqliteError) {
      const detail = error.message;
      throw new LockstepError('rehearsal.cannot', { reason: 'crash', detail });
    }
    throw error;
  }
}

function isFine(kind: string): boolean {
  return kind === 'works' || kind === 'schemaOnly';
}
