import { type CancellationToken, CancellationTokenSource, Emitter } from 'vscode-jsonrpc/node';
import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { errorInfo, type ErrorInfo } from '../core/errors';
import type { Backup, Direction, Goal, LockState } from '../core/model';
import type { Losses } from '../core/schema/tableChanges';
import type { CheckResult, Rehearsal } from '../core/rehearsal/rehearsal';
import type { RunEvent, RunResult } from '../core/run/runEvents';
import type { RestoreResult } from '../core/run/runRequest';
import type { MigratorClient } from '../migrator/client';
import type { DiscoveredTarget, NewMigrationResult, RehearsalRequest } from '../migrator/protocol';
import { ProjectDrift } from './projectDrift';
import { projectKey, type ProjectOptions, rehearsalOptions } from './projectOptions';
import {
  type ActiveRun,
  fileRole,
  type FileRole,
  nextStatus,
  type ProjectState,
  sameMigrations,
  startedRun,
  withEvent,
} from './projectState';
import { Coalescer, Debouncer, Ticker } from './timing';

/**
 * One database and its migrations, as this window knows them. Everything that views show is in
 * `state`, which is replaced as a whole; `onDidChange` is fired after each change.
 */
export class Project {
  /** The same for the same database and folders, also after another search. */
  readonly key: string;
  private current: ProjectState;
  private disposed = false;
  private cancellation?: CancellationTokenSource;
  /** The status when the last run had ended. */
  private statusAtResult?: ProjectState['status'];
  private readonly changed = new Emitter<void>();
  private readonly runEvents = new Emitter<RunEvent>();
  private readonly filesChanged = new Emitter<void>();
  private readonly statusReads = new Coalescer(() => this.readStatus());
  private readonly lockReads = new Coalescer(() => this.readLock());
  /** Reading can hold up the run's commits, so it is done seldom while the run goes on. */
  private readonly refreshAfterStep = new Debouncer(() => void this.refresh(), 300, 1000);
  /** A holder that is killed changes no file. */
  private readonly lockTicker = new Ticker(() => void this.refreshLock());

  /** The one event of the model: what `state` says has changed. */
  readonly onDidChange = this.changed.event;
  /** What happens in this window's runs, as it happens. */
  readonly onRunEvent = this.runEvents.event;
  /** A file in the folders has changed, perhaps without any effect on the state. */
  readonly onDidChangeFiles = this.filesChanged.event;

  /** Where files and database do not agree. */
  readonly drift: ProjectDrift;

  constructor(
    private readonly migrator: MigratorClient,
    private readonly options: ProjectOptions,
    target: DiscoveredTarget,
  ) {
    this.key = projectKey(target);
    this.current = { target, lock: { kind: 'free' } };
    this.drift = new ProjectDrift(migrator, options, {
      project: this,
      showMissingFiles: (missingFiles) => this.update({ missingFiles }),
      mark: (work, failed) => this.changeDatabase('mark', work, failed),
    });
  }

  get state(): ProjectState {
    return this.current;
  }

  /** The database's file name, which is what people call it. */
  get name(): string {
    return basename(this.current.target.database);
  }

  get isRunning(): boolean {
    return this.cancellation !== undefined;
  }

  /** Whether runs are tried on a copy first, as far as settings say. */
  get rehearses(): boolean {
    const { rehearse } = this.options.runOptions(this.current.target.database);
    return (rehearse?.mode ?? 'never') !== 'never';
  }

  /** Another search found the same pair, perhaps for another reason. */
  setTarget(target: DiscoveredTarget): void {
    this.update({ target });
  }

  /** Reads database and folder; resolves when what was read after this call is in the state. */
  refresh(): Promise<void> {
    return this.statusReads.request();
  }

  /** Reads the sentinel lock only, which is cheap. */
  refreshLock(): Promise<void> {
    return this.lockReads.request();
  }

  /** A file in the folders has changed: what the last run failed with may be fixed. */
  migrationsChanged(): Promise<void> {
    if (!this.isRunning) {
      this.update({ lastResult: undefined });
    }
    this.filesChanged.fire();
    return this.refresh();
  }

  /**
   * Runs and resolves with how it ended, whatever happens; a failure is in the result.
   * To be called only while `isRunning` is false.
   *
   * @param agreed what may be deleted; if it is more, nothing is run and the result is `unconfirmed`
   */
  async run(direction: Direction, goal: Goal, agreed?: Losses): Promise<RunResult> {
    const { target } = this.current;
    const result = await this.changeDatabase<RunResult>(
      direction,
      (token) => {
        const options = this.options.runOptions(target.database);
        const request = { target, direction, goal, agreed, ...options };
        return this.migrator.ask('run', request, { token, onEvents: this.onEvents });
      },
      failedRun,
      (ended) => (ended.outcome === 'unconfirmed' ? undefined : ended),
    );
    this.statusAtResult = this.current.status;
    return result;
  }

  /**
   * Tries migrations on a copy; the database stays as it is.
   * @throws LockstepError `run.cancelled`, or what is wrong with the target itself
   */
  preview(direction: Direction, goal: Goal, token?: CancellationToken): Promise<Rehearsal> {
    return this.migrator.ask('preview', { ...this.rehearsal, direction, goal }, { token });
  }

  /**
   * Tries the text of one of its files, saved or not, after all that is pending before it.
   * @param file absolute path
   * @param text without a byte order mark
   * @throws LockstepError `run.cancelled`, or what is wrong with the target itself
   */
  check(file: string, text: string, token?: CancellationToken): Promise<CheckResult> {
    return this.migrator.ask('check', { ...this.rehearsal, file, text }, { token });
  }

  /** What a file is to this project; undefined where it has nothing to do with it. @param file absolute path */
  roleOf(file: string): FileRole | undefined {
    return fileRole(this.current, file);
  }

  /** Copies of the database from before its runs, newest first. */
  async backups(): Promise<readonly Backup[]> {
    const { database } = this.current.target;
    return this.migrator.ask('backups', { database });
  }

  /**
   * Makes the database again what a backup says; resolves with how that ended, whatever happens.
   * To be called only while `isRunning` is false.
   */
  async restore({ name }: Backup): Promise<RestoreResult> {
    const { database } = this.current.target;
    const { owner, engine, wait, backup } = this.options.runOptions(database);
    const request = { database, name, owner, engine, wait, keep: backup?.keep };
    return this.changeDatabase<RestoreResult>(
      'restore',
      (token) => this.migrator.ask('restore', request, { token, onEvents: this.onEvents }),
      (error, ms) => ({ outcome: 'failed', error, ms }),
    );
  }

  /** Ends this window's run, if there is one; its result then says `cancelled`. */
  cancel(): void {
    this.cancellation?.cancel();
  }

  /** @throws LockstepError `lock.live` where only `force` would help */
  async breakLock(force: boolean): Promise<LockState> {
    const { database } = this.current.target;
    const removed = await this.migrator.ask('breakLock', { database, force });
    await this.refreshLock();
    return removed;
  }

  async resolveInterrupted(decision: 'retry' | 'markApplied'): Promise<void> {
    const { target } = this.current;
    await this.migrator.ask('resolveInterrupted', { target, decision });
    await this.refresh();
  }

  async newMigration(name: string): Promise<NewMigrationResult> {
    const { target } = this.current;
    const created = await this.migrator.ask('newMigration', { target, name });
    void this.refresh();
    return created;
  }

  dispose(): void {
    this.disposed = true;
    this.cancel();
    this.lockTicker.dispose();
    this.refreshAfterStep.dispose();
    this.changed.dispose();
    this.runEvents.dispose();
    this.filesChanged.dispose();
  }

  /**
   * Changes the database, which this window does one at a time, then reads it again.
   *
   * @param failed the result where the migrator process gave none
   * @param lastResult what of the result the state keeps
   */
  private async changeDatabase<T>(
    direction: ActiveRun['direction'],
    work: (token: CancellationToken) => Promise<T>,
    failed: (error: ErrorInfo, ms: number) => T,
    lastResult: (result: T) => RunResult | undefined = () => undefined,
  ): Promise<T> {
    const cancellation = (this.cancellation = new CancellationTokenSource());
    const run = startedRun(direction, Date.now());
    this.statusAtResult = undefined; // it is about the result that goes now
    this.update({ run, lastResult: undefined, error: undefined });
    let result: T;
    try {
      result = await work(cancellation.token);
    } catch (error) {
      result = failed(errorInfo(error), Date.now() - run.startedAt);
    }
    cancellation.dispose();
    this.refreshAfterStep.dispose();
    this.cancellation = undefined;
    this.update({ run: undefined, lastResult: lastResult(result) });
    await this.refresh();
    return result;
  }

  private get rehearsal(): Omit<RehearsalRequest, 'direction' | 'goal'> {
    const { target } = this.current;
    return { target, ...rehearsalOptions(this.options, target) };
  }

  private readonly onEvents = (events: readonly RunEvent[]): void => {
    for (const event of events) {
      const { run } = this.current;
      if (run) {
        this.update({ run: withEvent(run, event, Date.now()) });
      }
      this.runEvents.fire(event);
      if (event.type === 'stepDone') {
        this.refreshAfterStep.request();
      }
    }
  };

  private async readStatus(): Promise<void> {
    try {
      const status = await this.migrator.ask('status', this.current.target);
      const { lastResult } = this.current;
      const settled = !this.isRunning && this.statusAtResult;
      const changed = settled && !sameMigrations(settled, status);
      this.update({
        status: nextStatus(this.current.status, status),
        lock: status.lock,
        error: undefined,
        lastResult: changed ? undefined : lastResult,
      });
      this.drift.statusChanged();
    } catch (error) {
      this.update({ error: errorInfo(error) });
    }
  }

  private async readLock(): Promise<void> {
    const wasHeld = this.current.lock.kind === 'held';
    try {
      const { database } = this.current.target;
      this.update({ lock: await this.migrator.ask('lock', { database }) });
    } catch (error) {
      this.update({ error: errorInfo(error) });
    }
    if (wasHeld && this.current.lock.kind !== 'held') {
      void this.refresh();
    }
  }

  private update(change: Partial<ProjectState>): void {
    const next = { ...this.current, ...change };
    if (this.disposed || isDeepStrictEqual(next, this.current)) {
      return;
    }
    this.current = next;
    this.lockTicker.enable(next.lock.kind === 'held' && !next.run);
    this.changed.fire();
  }
}

/** The result of a run for which the migrator process gave none. */
function failedRun(error: ErrorInfo, ms: number): RunResult {
  return {
    outcome: 'failed',
    applied: [],
    alreadyApplied: [],
    remaining: [],
    findings: [],
    error,
    ms,
  };
}
