import { join } from 'node:path';
import { compareSchemas, type SchemaComparison } from '../../core/drift';
import { type CannotReason, errorInfo, LockstepError } from '../../core/errors';
import type { EngineInfo } from '../../core/connection';
import type { Direction, MigrationRef } from '../../core/model';
import type { Rehearsal, RehearsedStep, StepVerdict } from '../../core/rehearsal/rehearsal';
import type { RehearsalJob, RehearsalReport } from '../../core/rehearsal/rehearsalJob';
import { schemaText } from '../../core/schema/schemaText';
import { isYoungStatement } from '../../core/rehearsal/watchedConnection';
import type { RunEvent } from '../../core/run/runEvents';
import { chooseEngine } from '../../sqlite/native/nativeModule';
import type { CompareRequest, NativeAttempt, RehearsalRequest } from '../protocol';
import type { CopyAnswer } from '../threadProtocol';
import { attemptNatively, compareEngines } from './nativeAttempt';
import { type DatabaseThread, limitedCall, Mutex, type ThreadPool } from './threads';

/** Tries migrations on copies, from the main thread: has one thread copy, another run, and ends what hangs. */
export class Rehearser {
  private readonly mutex = new Mutex();
  private readonly last = new LastRehearsal();

  constructor(private readonly pool: ThreadPool) {}

  /**
   * @param reader a thread that takes the copy
   * @throws LockstepError `run.cancelled`, or what is wrong with the target itself
   */
  public async rehearse(
    request: RehearsalRequest,
    signal?: AbortSignal,
    reader: DatabaseThread = this.pool.reader(chooseEngine(request.engine)),
  ): Promise<Rehearsal> {
    const known = this.last.find(request);
    if (known) {
      return known;
    }
    const started = performance.now();
    this.pool.sandbox('rehearsal'); // starts while the copy is taken
    const copy = await copyFor(request, reader);
    const runEngine = copy.engine;
    if (copy.info.kind === 'none') {
      const { state } = copy.info;
      const params = { reason: 'copy', detail: copy.message ?? state ?? '' };
      const report = new UnfinishedRehearsal(request.direction, false).report(
        new LockstepError('rehearsal.cannot', params),
      );
      return finish(report, { copy: copy.info, engine: runEngine, report }, runEngine, started);
    }
    const tried = await this.mutex.take(() => this.inSandbox(request, copy, signal));
    const report = await this.compare(request, tried, runEngine, reader);
    const unsure = needsNative(report) || disputed(report, tried.engine, runEngine);
    const better = unsure && (await this.natively(request, runEngine.name, signal));
    const attempt = better || { ...tried, report, copy: copy.info };
    const rehearsal = finish(attempt.report, attempt, runEngine, started);
    this.last.keep(request, copy.content, rehearsal);
    return rehearsal;
  }

  /**
   * Tries them in the engine that would run them, in this process.
   * @param folder where the engine makes the copy
   */
  public async attempt(request: RehearsalRequest, folder: string): Promise<NativeAttempt> {
    const { target, fileAccess } = request;
    const thread = this.pool.reader('native');
    const { info, bytes, engine } = await copyFor(request, thread);
    const job = jobOf(request, { rows: info.kind !== 'schema', definite: true });
    const report = await thread.call('rehearse', { target, job, fileAccess, bytes, folder });
    return { report, copy: info, engine };
  }

  /**
   * Compares the schema of a database with the one that its migrations make on an empty one, up to the
   * goal. Changes nothing.
   *
   * @throws LockstepError `run.cancelled`, or what is wrong with the target itself
   */
  public async compareSchema(
    request: CompareRequest,
    signal?: AbortSignal,
  ): Promise<SchemaComparison> {
    const { target, goal } = request;
    const reader = this.pool.reader(chooseEngine(request.engine));
    const { record, made, unknown, schema } = await reader.call('baseline', { target, goal });
    const actual = schemaText(schema);
    const about = { record, unknown, expected: '', actual, missing: [], different: [], extra: [] };
    const rehearsal = await this.rehearse(
      {
        ...request,
        transaction: 'each',
        direction: 'up',
        goal: { kind: 'steps', steps: made.length },
        intended: made,
        from: 'empty',
        detail: 'run',
      },
      signal,
      reader,
    );
    const { engine, error } = rehearsal;
    if (rehearsal.verdict !== 'works') {
      const stopped = rehearsal.steps.find(({ verdict }) => /^(fails|cannot)$/.test(verdict.kind));
      const verdict = stopped?.verdict;
      return {
        ...about,
        verdict: 'cannot',
        engine,
        error: verdict?.kind === 'fails' ? verdict.error : error,
        ...(verdict?.kind === 'cannot' && { cannot: verdict, stoppedAt: stopped?.migration }),
      };
    }
    return { ...about, engine, ...compareSchemas(rehearsal.schemaAfter, schema) };
  }

  private async inSandbox(
    request: RehearsalRequest,
    { info, bytes, engine }: CopyAnswer,
    signal: AbortSignal | undefined,
  ): Promise<Pick<NativeAttempt, 'report' | 'engine'>> {
    const { target, fileAccess, limits, direction } = request;
    const thread = this.pool.sandbox('rehearsal');
    const sandbox = await thread.call('about', {});
    const rows = info.kind !== 'schema';
    const job = jobOf(request, { rows, definite: engine.name === 'sqljs' });
    const unfinished = new UnfinishedRehearsal(direction, rows);
    thread.control.reset();
    const work = thread.call('rehearse', { target, job, fileAccess, bytes }, (events) =>
      events.forEach((event) => unfinished.onEvent(event)),
    );
    const about = { engine: sandbox };
    try {
      const { maxMs } = limits;
      return { ...about, report: await limitedCall(work, { maxMs, signal }, () => thread.end()) };
    } catch (error) {
      const code = error instanceof LockstepError ? error.code : 'internal';
      if (code === 'rehearsal.cannot' || code === 'migrator.crashed') {
        return { ...about, report: unfinished.report(error) };
      }
      throw error;
    }
  }

  /** Asks the engine that would run the statements whether it understands them as well. */
  private async compare(
    { target, direction, trusted }: RehearsalRequest,
    { report, engine }: Pick<NativeAttempt, 'report' | 'engine'>,
    runEngine: CopyAnswer['engine'],
    reader: DatabaseThread,
  ): Promise<RehearsalReport> {
    if (!trusted || runEngine.name === engine.name || report.statements.length === 0) {
      return report;
    }
    // Of one version they still are not built with the same modules and functions.
    const same = runEngine.sqliteVersion === engine.sqliteVersion;
    if (same && !/^(fails|cannot)$/.test(report.verdict)) {
      return report;
    }
    const misunderstood = await reader.call('compile', {
      target,
      direction,
      schema: report.schemaBefore.map(({ sql }) => sql),
      statements: report.statements.map(({ text, start, step }) => ({
        text,
        start,
        migration: report.steps[step].migration.id,
      })),
    });
    return compareEngines(report, misunderstood, { engine, runEngine });
  }

  private async natively(
    request: RehearsalRequest,
    engine: string,
    signal: AbortSignal | undefined,
  ): Promise<NativeAttempt | undefined> {
    if (!request.trusted || engine !== 'native') {
      return undefined;
    }
    try {
      return await attemptNatively(request, join(this.pool.folder, 'migrator.js'), signal);
    } catch (error) {
      if (error instanceof LockstepError && error.code === 'run.cancelled') {
        throw error;
      }
      return undefined; // what the sandbox said stands
    }
  }
}

/** Whether a step cannot be tried for a reason that another engine may not have. */
function needsNative({ steps }: RehearsalReport): boolean {
  return steps.some(
    ({ verdict }: RehearsedStep) =>
      verdict.kind === 'cannot' &&
      /^(module|function|collation|extension|newer|memory|crash)$/.test(verdict.reason),
  );
}

/** Whether it has statements on which versions of SQLite disagree. */
function disputed({ statements }: RehearsalReport, a: EngineInfo, b: EngineInfo): boolean {
  return (
    a.sqliteVersion !== b.sqliteVersion && statements.some(({ text }) => isYoungStatement(text))
  );
}

function finish(
  { statements: _, ...report }: RehearsalReport,
  { copy, engine }: NativeAttempt,
  runEngine: CopyAnswer['engine'],
  started: number,
): Rehearsal {
  const ms = Math.round(performance.now() - started);
  return { ...report, copy, engine, runEngine, ms };
}

/** What a rehearsal works on. */
async function copyFor(
  { target, limits, from }: Pick<RehearsalRequest, 'target' | 'limits' | 'from'>,
  reader: DatabaseThread,
): Promise<CopyAnswer> {
  return from === 'empty'
    ? { info: { kind: 'empty' }, engine: await reader.call('about', {}), content: 'empty' }
    : reader.call('copy', { target, maxBytes: limits.maxBytes });
}

function jobOf(
  { direction, goal, intended, transaction, detail = 'steps', again }: RehearsalRequest,
  about: Pick<RehearsalJob, 'rows' | 'definite'>,
): RehearsalJob {
  return { direction, goal, intended, transaction, detail, again, ...about };
}

/** What is known of a rehearsal that did not come to its end: how far it was. */
class UnfinishedRehearsal {
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

/**
 * What came of the last rehearsal, for the run that follows it: whoever has previewed, or was asked
 * about what is deleted, need not wait for the same once more.
 */
class LastRehearsal {
  private last?: { readonly key: string; readonly rehearsal: Rehearsal };

  /** What is known of what a request names by its `content`; without the schemas. */
  public find(request: RehearsalRequest): Rehearsal | undefined {
    const { content } = request;
    return content !== undefined && this.last?.key === keyOf(request, content)
      ? this.last.rehearsal
      : undefined;
  }

  /** @param content what was tried, see `contentName` */
  public keep(request: RehearsalRequest, content: string, rehearsal: Rehearsal): void {
    if (rehearsal.verdict === 'cannot') {
      return; // another time it may
    }
    const key = keyOf(request, content);
    this.last = { key, rehearsal: { ...rehearsal, schemaBefore: [], schemaAfter: [] } };
  }
}

/** All that decides what comes of it, but for limits of time and what of it is wanted. */
function keyOf(
  { target, direction, goal, transaction, engine, fileAccess, trusted, limits }: RehearsalRequest,
  content: string,
): string {
  const { database, folders, format } = target;
  const asked = [
    database,
    folders,
    format,
    direction,
    goal,
    transaction,
    engine,
    fileAccess,
    trusted,
  ];
  return JSON.stringify([...asked, limits.maxBytes, content]);
}
