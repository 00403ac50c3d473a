import type { EngineName } from '../core/connection';
import { errorInfo } from '../core/errors';
import type { LockState } from '../core/holder';
import type { RunEvent, RunResult } from '../core/run/runEvent';
import type { RunRequest } from '../core/run/runRequest';
import type { Status } from '../core/status';
import type { Target } from '../core/target';
import { FileSentinelLock } from '../lock/fileSentinelLock';
import { canonicalPath } from '../sqlite/canonicalPath';
import { chooseEngine } from '../sqlite/chooseEngine';
import type { DiscoverRequest, Discovery } from './discovery/discovery';
import type { NewMigrationRequest, NewMigrationResult } from './newMigration';
import { LockedRun } from './lockedRun';
import { ThreadPool } from './threadPool';

export interface ServiceOptions {
  /** The folder of the bundled thread files, or the threads themselves where they started ahead. */
  readonly threads: string | ThreadPool;
}

/**
 * What a migrator process does, for a window (through `main`) and for a terminal alike. Lives on
 * the main thread, which never runs SQL: locks, signals and requests are served during a long
 * statement.
 */
export class Service {
  private readonly pool: ThreadPool;
  private readonly sentinel = new FileSentinelLock();
  private readonly runs = new Set<LockedRun>();
  private stuck = false;

  constructor({ threads }: ServiceOptions) {
    this.pool = typeof threads === 'string' ? new ThreadPool(threads) : threads;
  }

  /**
   * A cancelled run's statement still runs in its thread. The process must then end by SIGKILL:
   * `process.exit` would wait for the statement, and the COMMIT after it would happen.
   */
  public get needsKill(): boolean {
    return this.stuck;
  }

  /** Starts what a first run needs, ahead of it. */
  public warm(): void {
    this.pool.idle(chooseEngine('auto'));
  }

  public async discover(request: DiscoverRequest, signal?: AbortSignal): Promise<Discovery> {
    const { discover } = await import('./discovery/discover');
    const looks = this.pool.looks(chooseEngine('auto'));
    return discover(
      request,
      {
        probe: (paths) => looks.call('probe', { paths }),
        history: (path, table) => looks.call('versions', { path, table }),
      },
      signal,
    );
  }

  /** Looks at a database and its folder; leaves nothing behind. */
  public async status(target: Target, engine: EngineName | 'auto' = 'auto'): Promise<Status> {
    const look = await this.pool.looks(chooseEngine(engine)).call('look', { target });
    return { ...look, lock: await this.lock(target.database) };
  }

  /** Looks at the sentinel of a database. */
  public async lock(database: string): Promise<LockState> {
    return this.sentinel.inspect(canonicalPath(database));
  }

  /**
   * Runs. Resolves with whatever came of it; an aborted run resolves within a second.
   * @param onEvent gets what happens while it happens
   */
  public async run(
    request: RunRequest,
    onEvent: (event: RunEvent) => void,
    signal?: AbortSignal,
  ): Promise<RunResult> {
    const started = performance.now();
    let run: LockedRun | undefined;
    try {
      const thread = this.pool.idle(chooseEngine(request.engine));
      run = new LockedRun(request, thread, this.sentinel, onEvent, signal);
      this.runs.add(run);
      const result = await run.result();
      this.stuck ||= run.stuck;
      return { ...result, ms: Math.round(performance.now() - started) };
    } catch (error) {
      const ms = Math.round(performance.now() - started);
      const nothing = { applied: [], alreadyApplied: [], remaining: [], findings: [] };
      return { ...nothing, outcome: 'invalid', error: errorInfo(error), ms };
    } finally {
      this.runs.delete(run!);
    }
  }

  /** See `breakLockRequest`. */
  public async breakLock(database: string, force: boolean): Promise<LockState> {
    return this.sentinel.break(canonicalPath(database), force);
  }

  /** See `resolveInterruptedRequest`. */
  public async resolveInterrupted(
    target: Target,
    decision: 'retry' | 'markApplied',
  ): Promise<void> {
    await this.pool.idle(chooseEngine('auto')).call('resolve', { target, decision });
  }

  public async newMigration(request: NewMigrationRequest): Promise<NewMigrationResult> {
    const { newMigration } = await import('./newMigration');
    return newMigration(request);
  }

  /** Gives the sentinels back at once, for a process that is about to kill itself. */
  public releaseNow(): void {
    this.runs.forEach((run) => run.releaseNow());
  }

  /** Ends the threads. Not to be waited for while {@link needsKill}. */
  public async dispose(): Promise<void> {
    await this.pool.end();
  }
}
