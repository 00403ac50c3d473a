import type { EngineName } from '../../core/connection';
import type {
  AppliedSource,
  MarkRequest,
  MarkResult,
  MissingFiles,
  SchemaComparison,
} from '../../core/drift';
import { errorInfo } from '../../core/errors';
import type { HistoryTable } from '../../core/history/historyTable';
import type { Backup, LockState, Status, Target } from '../../core/model';
import type { CheckResult, Rehearsal } from '../../core/rehearsal/rehearsal';
import type { RestoreRequest, RestoreResult, RunRequest } from '../../core/run/runRequest';
import type { RunResult } from '../../core/run/runEvents';
import { FileSentinelLock } from '../../lock/fileSentinelLock';
import { canonicalPath } from '../../sqlite/databaseFile';
import { chooseEngine } from '../../sqlite/native/nativeModule';
import { BackupFolder } from '../backupFolder';
import type {
  AppliedMigration,
  Ask,
  CheckRequest,
  CompareRequest,
  DatabaseRequest,
  DiscoverRequest,
  Discovery,
  HandlerOptions,
  Handlers,
  InterruptedDecision,
  NativeAttempt,
  NewMigrationRequest,
  NewMigrationResult,
  RehearsalRequest,
  RestoredMigration,
  StatusRequest,
} from '../protocol';
import { Checker } from './checker';
import type { JobContext, LockedJob } from './lockedJob';
import { LockedRun } from './lockedRun';
import { LockedMark, LockedRestore } from './lockedWrites';
import { locateMissingFiles, restoreFile } from './missingFiles';
import { Rehearser } from './rehearser';
import { type DatabaseThread, ThreadPool } from './threads';

interface ServiceOptions {
  /** The folder of the bundled thread files, or the threads themselves where they started ahead. */
  readonly threads: string | ThreadPool;
}

/**
 * What a migrator process does, for a window (through `main`) and for a terminal alike; what each
 * operation is about stands in `operations`. Lives on the main thread, which never runs SQL: locks,
 * signals and requests are served during a long statement.
 */
export class Service implements Handlers {
  private readonly pool: ThreadPool;
  private readonly rehearser: Rehearser;
  private readonly checker: Checker;
  private readonly sentinel = new FileSentinelLock();
  private readonly jobs = new Set<LockedJob<unknown>>();
  private stuck = false;

  constructor({ threads }: ServiceOptions) {
    this.pool = typeof threads === 'string' ? new ThreadPool(threads) : threads;
    this.rehearser = new Rehearser(this.pool);
    this.checker = new Checker(this.pool);
  }

  /**
   * A cancelled run's statement still runs in its thread. The process must then end by SIGKILL:
   * `process.exit` would wait for the statement, and the COMMIT after it would happen.
   */
  public get needsKill(): boolean {
    return this.stuck;
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

  public async discover(
    request: DiscoverRequest,
    { signal }: HandlerOptions = {},
  ): Promise<Discovery> {
    const { discover } = await import('../discovery/discover');
    const { reader } = this;
    const files = {
      probe: (paths: readonly string[]) => reader.call('probe', { paths }),
      history: (path: string, table: HistoryTable) => reader.call('versions', { path, table }),
    };
    return discover(request, files, signal);
  }

  public async status({ engine = 'auto', ...target }: StatusRequest): Promise<Status> {
    const status = await this.pool.reader(chooseEngine(engine)).call('status', { target });
    return { ...status, lock: await this.lock(target) };
  }

  public async lock({ database }: DatabaseRequest): Promise<LockState> {
    return this.sentinel.inspect(canonicalPath(database));
  }

  public async breakLock({ database, force }: Ask<'breakLock'>): Promise<LockState> {
    return this.sentinel.break(canonicalPath(database), force);
  }

  /** Resolves with whatever came of it. */
  public async run(request: RunRequest, options?: HandlerOptions): Promise<RunResult> {
    const start = (context: JobContext): LockedRun =>
      new LockedRun(request, context, this.rehearser);
    return timed(() =>
      this.perform(request.engine, start, options).catch((error: unknown) => {
        const nothing = { applied: [], alreadyApplied: [], remaining: [], findings: [] };
        return { ...nothing, outcome: 'invalid' as const, error: errorInfo(error) };
      }),
    );
  }

  public async resolveInterrupted(decision: InterruptedDecision): Promise<void> {
    const thread = this.pool.runner(chooseEngine('auto'));
    thread.control.reset();
    await thread.call('resolveInterrupted', decision);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws must reject
  public async backups({ database }: DatabaseRequest): Promise<readonly Backup[]> {
    return new BackupFolder(canonicalPath(database)).list();
  }

  /** Resolves with whatever came of it. */
  public async restore(request: RestoreRequest, options?: HandlerOptions): Promise<RestoreResult> {
    const start = (context: JobContext): LockedRestore => new LockedRestore(request, context);
    return timed(() =>
      this.perform(request.engine, start, options).catch((error: unknown) => ({
        outcome: 'invalid' as const,
        error: errorInfo(error),
      })),
    );
  }

  /** @throws LockstepError `run.cancelled`, or what is wrong with the target itself */
  public async preview(
    request: RehearsalRequest,
    { signal }: HandlerOptions = {},
  ): Promise<Rehearsal> {
    return this.rehearser.rehearse(request, signal);
  }

  /** For a process that ends with it: a statement that hangs cannot be stopped. */
  public async attempt({ request, folder }: Ask<'attempt'>): Promise<NativeAttempt> {
    return this.rehearser.attempt(request, folder);
  }

  /** @throws LockstepError `run.cancelled`, or what is wrong with the target itself */
  public async check(request: CheckRequest, { signal }: HandlerOptions = {}): Promise<CheckResult> {
    return this.checker.check(request, signal);
  }

  public async newMigration(request: NewMigrationRequest): Promise<NewMigrationResult> {
    const { target, name, followsUp: version } = request;
    const { newMigration } = await import('./newMigration');
    const edited = version === undefined ? undefined : { target, version };
    const source = edited && (await this.readAppliedSource(edited));
    return newMigration({ target, name, followsUp: source });
  }

  /** @throws LockstepError `drift.over` */
  public async readAppliedSource(migration: AppliedMigration): Promise<AppliedSource> {
    return this.reader.call('readAppliedSource', migration);
  }

  /** @throws LockstepError `drift.over`, `log.unwritable` */
  public async acceptEdited(edit: Ask<'acceptEdited'>): Promise<void> {
    return this.reader.call('acceptEdited', edit);
  }

  public async locateMissingFiles(target: Target): Promise<MissingFiles> {
    return locateMissingFiles(target, await this.reader.call('findApplied', { target }));
  }

  public async restoreFile({ target, version }: AppliedMigration): Promise<RestoredMigration> {
    const applied = await this.reader.call('findApplied', { target, version });
    return restoreFile(target, version, applied);
  }

  public async compareSchema(
    request: CompareRequest,
    { signal }: HandlerOptions = {},
  ): Promise<SchemaComparison> {
    return this.rehearser.compareSchema(request, signal);
  }

  public async markApplied(request: MarkRequest, options?: HandlerOptions): Promise<MarkResult> {
    const start = (context: JobContext): LockedMark => new LockedMark(request, context);
    return timed(() => this.perform(request.engine, start, options));
  }

  /** Answers without a lock, beside whatever runs. */
  private get reader(): DatabaseThread {
    return this.pool.reader(chooseEngine('auto'));
  }

  private async perform<R>(
    engine: EngineName | 'auto',
    start: (context: JobContext) => LockedJob<R>,
    options?: HandlerOptions,
  ): Promise<R> {
    const { pool, sentinel } = this;
    const job = start({ thread: pool.runner(chooseEngine(engine)), sentinel, ...options });
    this.jobs.add(job);
    try {
      const ended = job.result();
      sentinel.warm(); // while the job waits for its thread's first look
      const result = await ended;
      this.stuck ||= job.stuck;
      return result;
    } finally {
      this.jobs.delete(job);
    }
  }
}

/** A result with the milliseconds that it took. */
async function timed<R extends object>(work: () => Promise<R>): Promise<R & { ms: number }> {
  const started = performance.now();
  const result = await work();
  return { ...result, ms: Math.round(performance.now() - started) };
}
