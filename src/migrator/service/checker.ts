import { type CannotReason, errorInfo, LockstepError } from '../../core/errors';
import type { CheckProblem, CheckResult } from '../../core/rehearsal/rehearsal';
import { canonicalPath, databaseStamp } from '../../sqlite/databaseFile';
import { chooseEngine } from '../../sqlite/native/nativeModule';
import type { CheckRequest } from '../protocol';
import type { CheckAnswer, CheckAsk, CopyAnswer } from '../threadProtocol';
import { compareEngines } from './nativeAttempt';
import { limitedCall, Mutex, type ThreadPool } from './threads';

type Done = CheckAnswer & { readonly type: 'done' };

/** Tries texts that are being written, from the main thread. Keeps a copy between keystrokes. */
export class Checker {
  private readonly mutex = new Mutex();
  /** Milliseconds of the longest check that came to its end. */
  private longestMs?: number;

  constructor(private readonly pool: ThreadPool) {}

  /** @throws LockstepError `run.cancelled`, or what is wrong with the target itself */
  public async check(request: CheckRequest, signal?: AbortSignal): Promise<CheckResult> {
    return this.mutex.take(() => {
      if (signal?.aborted) {
        throw new LockstepError('run.cancelled'); // somebody has typed on
      }
      return this.checkNow(request, signal);
    });
  }

  private async checkNow(request: CheckRequest, signal?: AbortSignal): Promise<CheckResult> {
    const { target, file, text, fileAccess, limits } = request;
    const reader = this.pool.reader(chooseEngine(request.engine));
    const [runEngine, engine] = await Promise.all([
      reader.call('about', {}),
      this.pool.sandbox('check').call('about', {}),
    ]);
    const stamp = `${databaseStamp(canonicalPath(target.database))} ${limits.maxBytes}`;
    const ask: CheckAsk = { target, file, text, fileAccess, stamp };
    let answer = await this.ask(ask, limits.maxMs, signal);
    if (answer.type === 'needsCopy') {
      const { maxBytes } = limits;
      const { info, bytes } = await reader.call('copy', { target, maxBytes });
      if (info.kind === 'none') {
        return this.without(info);
      }
      answer = await this.ask({ ...ask, copy: info, bytes }, limits.maxMs, signal);
    }
    const { result, report } = answer as Done;
    const engines = { engine, runEngine };
    const problems = report
      ? await this.compared(request, { result, report, ...engines })
      : result.problems;
    return { ...result, problems, ...engines };
  }

  /**
   * How long a check may go on after the text has changed. With its thread go the copy and the state
   * before the migration; as long as a check may be of the usual kind, it is quicker to wait for it.
   */
  private get graceMs(): number {
    return Math.min(Math.max(2 * (this.longestMs ?? Infinity), 500), 5000);
  }

  private async ask(ask: CheckAsk, maxMs: number, signal?: AbortSignal): Promise<CheckAnswer> {
    const thread = this.pool.sandbox('check');
    thread.control.reset();
    const { graceMs } = this;
    const started = performance.now();
    try {
      const call = thread.call('check', ask);
      const answer = await limitedCall(call, { maxMs, signal, graceMs }, () => thread.end());
      this.longestMs = Math.max(this.longestMs ?? 0, performance.now() - started);
      return answer;
    } catch (error) {
      const { code, params } = errorInfo(error);
      // What nobody has thought of must be seen too: without a word it looks as if all were well.
      if (code === 'rehearsal.cannot' || code === 'migrator.crashed' || code === 'internal') {
        const reason = (params.reason ?? 'crash') as CannotReason;
        const said = params.detail ?? params.message;
        const detail = said === undefined ? undefined : String(said);
        const problem = { kind: 'cannot', direction: 'up', reason, detail } as const;
        const nothing = { notUndone: [], lint: [], before: [], after: [] };
        return { type: 'done', result: { state: 'pending', problems: [problem], ...nothing } };
      }
      throw error;
    }
  }

  /** What the engine that would run it says differently. */
  private async compared(
    { target, file, text: shown, trusted, engine: wanted }: CheckRequest,
    { result, report, engine, runEngine }: Required<Omit<Done, 'type'>> & Required<Engines>,
  ): Promise<readonly CheckProblem[]> {
    const same = runEngine.sqliteVersion === engine.sqliteVersion;
    if (!trusted || runEngine.name === engine.name || report.statements.length === 0) {
      return result.problems;
    }
    if (same && !result.problems.some(({ direction }) => direction === 'up')) {
      return result.problems;
    }
    const misunderstood = await this.pool.reader(chooseEngine(wanted)).call('compile', {
      target,
      direction: 'up',
      unsaved: { path: file, text: shown },
      schema: report.schemaBefore.map(({ sql }) => sql),
      statements: report.statements.map(({ text, start }) => ({
        text,
        start,
        migration: result.migration!.id,
      })),
    });
    const [step] = compareEngines(report, misunderstood, {
      engine,
      runEngine,
      isFinal: true,
    }).steps;
    const others = result.problems.filter(({ direction }) => direction === 'down');
    return step.verdict.kind === 'fails' || step.verdict.kind === 'cannot'
      ? [{ ...step.verdict, direction: 'up' }, ...others]
      : others;
  }

  private without({ kind }: CopyAnswer['info']): CheckResult {
    return {
      state: 'none',
      problems: [],
      notUndone: [],
      lint: [],
      before: [],
      after: [],
      copy: kind,
    };
  }
}

type Engines = Pick<CheckResult, 'engine' | 'runEngine'>;
