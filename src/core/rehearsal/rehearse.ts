import { SqliteError } from '../connection';
import { type ErrorInfo, LockstepError } from '../errors';
import { runMigrations, type RunReport } from '../run/runMigrations';
import type { Mark, MarkStore } from '../run/runningMark';
import { changedSchema, sortedSchema } from '../schema/schema';
import { joinChanges, lossesOf } from '../schema/tableChanges';
import type { Rehearsal, RehearsedStep, StepVerdict } from './rehearsal';
import type { RehearsalEnvironment, RehearsalJob, RehearsalReport } from './rehearsalJob';
import { RunObserver } from './runObserver';
import { WatchedFactory } from './watchedConnection';

/** Nobody else works on a copy. */
const noWait = { attemptMs: 0, totalMs: 0, staleMs: 0 };
const copyOwner = { kind: 'terminal', version: '', pid: 0, host: '', machine: '' } as const;

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
      owner: copyOwner,
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
  const { together, ...observed } = endOf(observer, report);
  const working = observed.steps.filter(({ verdict }) => works(verdict.kind));
  const tables = together ?? joinChanges(working.map((step) => step.tables));
  const verdict = verdictOf(observed.steps, report.error);
  return {
    verdict,
    direction,
    ...observed,
    tables,
    losses: lossesOf(tables),
    findings: report.findings,
    ...(verdict === 'fails' && working.length && { applies: working.at(-1)!.migration.id }),
  };
}

/** A migration may leave a schema that SQLite can no longer read (`PRAGMA writable_schema`). */
function endOf(observer: RunObserver, report: RunReport): ReturnType<RunObserver['end']> {
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

function works(kind: string): boolean {
  return kind === 'works' || kind === 'schemaOnly';
}

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

/** The running mark of a copy, which is gone with it after a crash. */
export class MemoryMarks implements MarkStore {
  private mark: Mark | undefined;

  public read(): Mark | undefined {
    return this.mark;
  }

  public create(mark: Mark): boolean {
    this.mark = mark;
    return true;
  }

  public update(mark: Mark): void {
    this.mark = mark;
  }

  public remove(): void {
    this.mark = undefined;
  }

  public isAlive(): boolean {
    return true;
  }
}

/** One word for all steps. @param error why none could be tried */
function verdictOf(
  steps: readonly RehearsedStep[],
  error: ErrorInfo | undefined,
): Rehearsal['verdict'] {
  const kinds = new Set(steps.map(({ verdict }) => verdict.kind));
  if (kinds.has('fails') || (steps.length === 0 && error && isRefusal(error))) {
    return 'fails';
  }
  if (kinds.has('cannot') || error) {
    return 'cannot';
  }
  return kinds.has('schemaOnly') ? 'schemaOnly' : 'works';
}

/** Whether a run would be refused as well: the text or the folder is wrong, not the sandbox. */
function isRefusal({ code }: ErrorInfo): boolean {
  return !/^(internal$|database\.|engine\.|rehearsal\.)/.test(code);
}
