import type { Backup, LockState, Status, Target } from '../../core/model';
import type { EngineName } from '../../core/connection';
import type { MarkRequest, MarkResult } from '../../core/drift';
import { errorInfo } from '../../core/errors';
import type { CheckResult, Rehearsal } from '../../core/rehearsal/rehearsal';
import type { RestoreRequest, RestoreResult, RunRequest } from '../../core/run/runRequest';
import type { RunEvent, RunResult } from '../../core/run/runEvents';
import { FileSentinelLock } from '../../lock/fileSentinelLock';
import { canonicalPath } from '../../sqlite/databaseFile';
import { chooseEngine } from '../../sqlite/native/nativeModule';
import { BackupFolder } from '../backupFolder';
import type {
  CheckRequest,
  DiscoverRequest,
  Discovery,
  NativeAttempt,
  NewMigrationRequest,
  NewMigrationResult,
  RehearsalRequest,
} from '../protocol';
import { Checker } from './checker';
import { DriftService } from './driftService';
import type { LockedJob } from './lockedJob';
import { LockedRun } from './lockedRun';
import { LockedMark, LockedRestore } from './lockedWrites';
import { copyFor, Rehearser } from './rehearser';
import { type DatabaseThread, ThreadPool } from './threads';

interface ServiceOptions {
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
  private readonly rehearser: Rehearser;
  private readonly checker: Checker;
  /** Files and databases that do not agree. */
  public readonly drift: DriftService;
  private readonly sentinel = new FileSentinelLock();
  private readonly jobs = new Set<LockedJob<unknown>>();
  private stuck = false;

  constructor({ threads }: ServiceOptions) {
    this.pool = typeof threads === 'string' ? new ThreadPool(threads) : threads;
    this.rehearser = new Rehearser(this.pool);
    this.checker = new Checker(this.pool);
    this.drift = new DriftService(this.pool, this.rehearser);
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
    const { discover } = await import('../discovery/discover');
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
    const { sentinel } = this;
    const started = performance.now();
    const ms = (): number => Math.round(performance.now() - started);
    try {
      const start = (thread: DatabaseThread): LockedRun =>
        new LockedRun(request, { thread, sentinel, onEvent, signal }, this.rehearser);
      return { ...(await this.perform(request.engine, start)), ms: ms() };
    } catch (error) {
      const nothing = { applied: [], alreadyApplied: [], remaining: [], findings: [] };
      return { ...nothing, outcome: 'invalid', error: errorInfo(error), ms: ms() };
    }
  }

  /** See `backupsRequest`. */
  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws must reject
  public async backups(database: string): Promise<readonly Backup[]> {
    return new BackupFolder(canonicalPath(database)).list();
  }

  /** Restores a backup. Resolves with whatever came of it; aborted, within a second. */
  public async restore(
    request: RestoreRequest,
    onEvent: (event: RunEvent) => void,
    signal?: AbortSignal,
  ): Promise<RestoreResult> {
    const { sentinel } = this;
    const started = performance.now();
    const ms = (): number => Math.round(performance.now() - started);
    try {
      const start = (thread: DatabaseThread): LockedRestore =>
        new LockedRestore(request, { thread, sentinel, onEvent, signal });
      return { ...(await this.perform(request.engine, start)), ms: ms() };
    } catch (error) {
      return { outcome: 'invalid', error: errorInfo(error), ms: ms() };
    }
  }

  /**
   * Tries migrations on a copy, and leaves the database and everything beside it as it is.
   * @throws LockstepError `run.cancelled`, or what is wrong with the target itself
   */
  public async preview(request: RehearsalRequest, signal?: AbortSignal): Promise<Rehearsal> {
    return this.rehearser.rehearse(request, signal);
  }

  /**
   * Tries a migration's text, saved or not, after all that is pending before it.
   * @throws LockstepError `run.cancelled`, or what is wrong with the target itself
   */
  public async check(request: CheckRequest, signal?: AbortSignal): Promise<CheckResult> {
    return this.checker.check(request, signal);
  }

  /** See `attemptRequest`. For a process that ends with it: a statement that hangs cannot be stopped. */
  public async attempt(request: RehearsalRequest, folder: string): Promise<NativeAttempt> {
    const { target, fileAccess, direction, goal, intended, transaction, again } = request;
    const { detail = 'steps' } = request;
    const thread = this.pool.looks('native');
    const { info, bytes, engine } = await copyFor(request, thread);
    const rows = info.kind !== 'schema';
    const job = { direction, goal, intended, transaction, detail, rows, definite: true, again };
    const report = await thread.call('rehearse', { target, job, fileAccess, bytes, folder });
    return { report, copy: info, engine };
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
    const thread = this.pool.idle(chooseEngine('auto'));
    thread.control.reset();
    await thread.call('resolve', { target, decision });
  }

  public async newMigration(request: NewMigrationRequest): Promise<NewMigrationResult> {
    const { newMigration } = await import('./newMigration');
    return newMigration({ ...request, note: await this.drift.note(request) });
  }

  /** See `markAppliedRequest`. Resolves with whatever came of it; aborted, within a second. */
  public async markApplied(request: MarkRequest, signal?: AbortSignal): Promise<MarkResult> {
    const { sentinel } = this;
    const started = performance.now();
    const start = (thread: DatabaseThread): LockedMark =>
      new LockedMark(request, { thread, sentinel, onEvent: () => undefined, signal });
    const report = await this.perform(request.engine, start);
    return { ...report, ms: Math.round(performance.now() - started) };
  }

  /** Gives the sentinels back at once, for a process that is about to kill itself. */
  public releaseNow(): void {
    this.jobs.forEach((job) => job.releaseNow());
  }

  /** To be waited for before the process ends by itself, so that the run log outlives a power failure. */
  public async settled(): Promise<void> {
    await this.pool.settled();
  }

  /** Ends the threads. Not to be waited for while {@link needsKill}. */
  public async dispose(): Promise<void> {
    await this.pool.end();
  }

  private async perform<R>(
    engine: EngineName | 'auto',
    start: (thread: DatabaseThread) => LockedJob<R>,
  ): Promise<R> {
    const job = start(this.pool.idle(chooseEngine(engine)));
    this.jobs.add(job);
    try {
      const ended = job.result();
      this.sentinel.warm(); // while the job waits for its thread's first look
      const result = await ended;
      this.stuck ||= job.stuck;
      return result;
    } finally {
      this.jobs.delete(job);
    }
  }
}
