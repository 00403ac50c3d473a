import {
  CancellationToken,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
  type RequestType,
  ResponseError,
} from 'vscode-jsonrpc/node';
import { type ChildProcess, fork } from 'node:child_process';
import type { Backup, LockState, Owner, Status, Target } from '../core/model';
import type {
  MarkRequest,
  MarkResult,
  AppliedSource,
  SchemaComparison,
  MissingFiles,
} from '../core/drift';
import { type ErrorInfo, LockstepError } from '../core/errors';
import type { CheckResult, Rehearsal } from '../core/rehearsal/rehearsal';
import type { RestoreRequest, RestoreResult, RunRequest } from '../core/run/runRequest';
import type { RunEvent, RunResult } from '../core/run/runEvents';
import {
  type AppliedMigration,
  type CompareRequest,
  type NativeAttempt,
  type NewMigrationRequest,
  type NewMigrationResult,
  type RestoredMigration,
  acceptEditedRequest,
  attemptRequest,
  backupsRequest,
  breakLockRequest,
  type CheckRequest,
  checkRequest,
  compareSchemaRequest,
  type DiscoverRequest,
  discoverRequest,
  type Discovery,
  leavingNotification,
  lockRequest,
  markAppliedRequest,
  newMigrationRequest,
  previewRequest,
  ranRequest,
  type RehearsalRequest,
  resolveInterruptedRequest,
  restoreFileRequest,
  restoreRequest,
  runEventsNotification,
  runRequest,
  statusRequest,
  locateMissingFilesRequest,
} from './protocol';

export interface MigratorProcessOptions {
  /** Absolute path of the bundled migrator. */
  readonly modulePath: string;
  log(level: 'debug' | 'info' | 'warning' | 'error', message: string): void;
  onEvent(runId: number, event: RunEvent): void;
  /** @param asked whether it went because it was to, or had said that it would */
  onExit(process: MigratorProcess, asked: boolean): void;
}

/** A migrator process, from its start to its end, and the window's end of the talk with it. */
export class MigratorProcess {
  private readonly child: ChildProcess;
  private readonly connection: MessageConnection;
  /** Rejects when the process has gone, which a request's promise alone does not always do. */
  private readonly gone: Promise<never>;
  /** Unlike the end of its requests, this comes also after it was let go. */
  readonly exited: Promise<void>;
  private isLeaving = false;
  private runs = 0;

  constructor(private readonly options: MigratorProcessOptions) {
    const { modulePath, log, onEvent } = options;
    this.child = fork(modulePath, [], {
      execArgv: inspectorArgs(process.env.LOCKSTEP_INSPECT),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    this.child.stdout?.on('data', (data) => log('debug', String(data).trimEnd()));
    this.child.stderr?.on('data', (data) => log('warning', String(data).trimEnd()));
    this.child.on('error', (error) => log('error', String(error)));
    this.child.on('close', (code, signal) => this.onClose(code, signal));
    this.gone = whenGone(this.child);
    this.exited = whenExited(this.child);
    this.connection = createMessageConnection(
      new IPCMessageReader(this.child),
      new IPCMessageWriter(this.child),
    );
    this.connection.onNotification(leavingNotification, () => {
      this.isLeaving = true;
    });
    this.connection.onNotification(runEventsNotification, ({ runId, events }) =>
      events.forEach((event) => onEvent(runId, event)),
    );
    this.connection.onError(([error]) => log('warning', String(error)));
    this.connection.listen();
    log('debug', `migrator started, pid ${this.child.pid}`);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Set once it is to end, or has said that it does: it takes no further request. */
  get leaving(): boolean {
    return this.isLeaving;
  }

  /** Whether it runs something, so that a cancel could end it. */
  get busy(): boolean {
    return this.runs > 0;
  }

  async request<P, R>(
    type: RequestType<P, R, unknown>,
    params: P,
    token: CancellationToken,
  ): Promise<R> {
    try {
      const answer = this.connection.sendRequest<R>(type.method, params, token);
      return await Promise.race([answer, this.gone]);
    } catch (error) {
      throw toError(error);
    }
  }

  /** The same for what may take long and can be cancelled. */
  async run<P, R>(
    type: RequestType<P, R, unknown>,
    params: P,
    token: CancellationToken,
  ): Promise<R> {
    this.runs++;
    try {
      return await this.request(type, params, token);
    } finally {
      this.runs--;
    }
  }

  /**
   * Lets it go: it ends at once, whatever it was doing, and frees its locks. Requests under way are
   * rejected here: a process that is disconnected from this side never says `close`.
   */
  dispose(): void {
    this.isLeaving = true;
    if (this.child.connected) {
      this.child.disconnect();
    }
    this.connection.dispose();
  }

  private onClose(code: number | null, signal: string | null): void {
    this.connection.dispose();
    if (!this.isLeaving) {
      this.options.log('warning', `migrator ended: ${signal ?? `exit code ${code}`}`);
    }
    this.options.onExit(this, this.isLeaving);
  }
}

/** Opens the port that a debugger attaches to (CONTRIBUTING.md); where no port is named, none. */
function inspectorArgs(port: string | undefined): string[] {
  return /^\d+$/.test(port ?? '') ? [`--inspect=127.0.0.1:${port}`] : [];
}

function whenGone(child: ChildProcess): Promise<never> {
  const gone = new Promise<never>((_resolve, reject) => {
    // `close` comes after everything the process had sent was read, unlike `exit`.
    child.once('close', (code, signal) =>
      reject(new LockstepError('migrator.crashed', { detail: signal ?? `exit code ${code}` })),
    );
    child.once('error', ({ message }) =>
      reject(new LockstepError('migrator.crashed', { detail: message })),
    );
  });
  gone.catch(() => undefined); // nobody may be waiting
  return gone;
}

function whenExited(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}

function toError(error: unknown): LockstepError {
  if (error instanceof LockstepError) {
    return error;
  }
  if (error instanceof ResponseError && isErrorInfo(error.data)) {
    const { code, params, place } = error.data;
    return new LockstepError(code, params, place);
  }
  return new LockstepError('migrator.crashed', { detail: String((error as Error).message) });
}

function isErrorInfo(data: unknown): data is ErrorInfo {
  return typeof (data as ErrorInfo | undefined)?.code === 'string';
}

export type MigratorClientOptions = Pick<MigratorProcessOptions, 'modulePath' | 'log'>;

/**
 * A window's end of its migrator process: started at the first request, kept, started anew when it
 * has gone. Whoever cancels a statement ends the process it runs in, so a second run at the same
 * time, of another database, gets a process of its own. Every method rejects with a
 * {@link LockstepError}.
 */
export class MigratorClient {
  private readonly processes = new Set<MigratorProcess>();
  private readonly crashListeners = new Set<() => void>();
  private readonly runListeners = new Map<number, (event: RunEvent) => void>();
  private nextRunId = 1;
  private disposed = false;

  constructor(private readonly options: MigratorClientOptions) {}

  /** The process id while the process is up. */
  public get pid(): number | undefined {
    return [...this.processes].find(({ leaving }) => !leaving)?.pid;
  }

  /** Tells when the process went away unasked; requests under way are rejected by then. */
  public onDidCrash(listener: () => void): { dispose(): void } {
    this.crashListeners.add(listener);
    return { dispose: () => this.crashListeners.delete(listener) };
  }

  public discover(request: DiscoverRequest, token?: CancellationToken): Promise<Discovery> {
    return this.look(discoverRequest, request, token);
  }

  public status(target: Target, token?: CancellationToken): Promise<Status> {
    return this.look(statusRequest, target, token);
  }

  public lock(database: string): Promise<LockState> {
    return this.look(lockRequest, { database });
  }

  /** Cancelling the token ends the run within a second; the result then says `cancelled`. */
  public async run(
    run: RunRequest,
    onEvent: (event: RunEvent) => void,
    token?: CancellationToken,
  ): Promise<RunResult> {
    return this.withEvents(onEvent, (runId) => this.runAlone(runRequest, { runId, run }, token));
  }

  public backups(database: string): Promise<readonly Backup[]> {
    return this.look(backupsRequest, { database });
  }

  /** Cancelling the token ends the restore within a second, with nothing restored. */
  public async restore(
    restore: RestoreRequest,
    onEvent: (event: RunEvent) => void,
    token?: CancellationToken,
  ): Promise<RestoreResult> {
    return this.withEvents(onEvent, (runId) =>
      this.runAlone(restoreRequest, { runId, restore }, token),
    );
  }

  public preview(request: RehearsalRequest, token?: CancellationToken): Promise<Rehearsal> {
    return this.look(previewRequest, request, token);
  }

  public check(request: CheckRequest, token?: CancellationToken): Promise<CheckResult> {
    return this.request(checkRequest, request, token);
  }

  public attempt(ask: { request: RehearsalRequest; folder: string }): Promise<NativeAttempt> {
    return this.request(attemptRequest, ask);
  }

  public breakLock(database: string, force: boolean): Promise<LockState> {
    return this.request(breakLockRequest, { database, force });
  }

  public resolveInterrupted(target: Target, decision: 'retry' | 'markApplied'): Promise<void> {
    return this.request(resolveInterruptedRequest, { target, decision });
  }

  public ran(migration: AppliedMigration): Promise<AppliedSource> {
    return this.look(ranRequest, migration);
  }

  public acceptEdited(edit: AppliedMigration & { checksum: string; owner: Owner }): Promise<void> {
    return this.request(acceptEditedRequest, edit);
  }

  public locateMissingFiles(target: Target): Promise<MissingFiles> {
    return this.look(locateMissingFilesRequest, target);
  }

  public restoreFile(migration: AppliedMigration): Promise<RestoredMigration> {
    return this.request(restoreFileRequest, migration);
  }

  public compareSchema(
    request: CompareRequest,
    token?: CancellationToken,
  ): Promise<SchemaComparison> {
    return this.look(compareSchemaRequest, request, token);
  }

  /** Cancelling the token ends it within a second, with nothing recorded. */
  public markApplied(request: MarkRequest, token?: CancellationToken): Promise<MarkResult> {
    return this.runAlone(markAppliedRequest, request, token);
  }

  public newMigration(request: NewMigrationRequest): Promise<NewMigrationResult> {
    return this.request(newMigrationRequest, request);
  }

  /**
   * Lets the process go: it ends at once, whatever it was doing, and frees its locks. Requests under
   * way are rejected.
   */
  public dispose(): void {
    this.disposed = true;
    this.processes.forEach((process) => process.dispose());
  }

  /** Lets it go and waits until it has gone. */
  public async end(): Promise<void> {
    const gone = [...this.processes].map(({ exited }) => exited);
    this.dispose();
    await Promise.all(gone);
  }

  private async withEvents<R>(
    onEvent: (event: RunEvent) => void,
    ask: (runId: number) => Promise<R>,
  ): Promise<R> {
    const runId = this.nextRunId++;
    this.runListeners.set(runId, onEvent);
    try {
      return await ask(runId);
    } finally {
      this.runListeners.delete(runId);
    }
  }

  private async request<P, R>(
    type: RequestType<P, R, unknown>,
    params: P,
    token: CancellationToken = CancellationToken.None,
  ): Promise<R> {
    return this.process(() => true).request(type, params, token);
  }

  /**
   * Asked once more when the process went away under it: with a cancelled run, or killed. Nothing else
   * would ask again for long, and what is shown would be an error.
   */
  private async look<P, R>(
    type: RequestType<P, R, unknown>,
    params: P,
    token: CancellationToken = CancellationToken.None,
  ): Promise<R> {
    const process = this.process(() => true);
    try {
      return await process.request(type, params, token);
    } catch (error) {
      const isGone = process.leaving || !this.processes.has(process);
      const isLost = (error as LockstepError).code === 'migrator.crashed' && isGone;
      if (!isLost || this.disposed) {
        throw error;
      }
      return this.request(type, params, token);
    }
  }

  private async runAlone<P, R>(
    type: RequestType<P, R, unknown>,
    params: P,
    token: CancellationToken = CancellationToken.None,
  ): Promise<R> {
    const process = this.process(({ busy }) => !busy);
    try {
      return await process.run(type, params, token);
    } finally {
      this.disposeIdleProcesses();
    }
  }

  /** The first process that fits, or a new one. */
  private process(fits: (process: MigratorProcess) => boolean): MigratorProcess {
    if (this.disposed) {
      throw new LockstepError('migrator.crashed', { detail: 'disposed' });
    }
    const found = [...this.processes].find((process) => !process.leaving && fits(process));
    return found ?? this.start();
  }

  private start(): MigratorProcess {
    const started = new MigratorProcess({
      ...this.options,
      onEvent: (runId, event) => this.runListeners.get(runId)?.(event),
      onExit: (process, asked) => {
        this.processes.delete(process);
        if (!asked) {
          this.crashListeners.forEach((listener) => listener());
        }
      },
    });
    this.processes.add(started);
    return started;
  }

  /** One process is kept; which one may have changed while several worked. */
  private disposeIdleProcesses(): void {
    const [, ...spares] = [...this.processes].filter(({ leaving }) => !leaving);
    for (const spare of spares.filter(({ busy }) => !busy)) {
      this.processes.delete(spare);
      spare.dispose();
    }
  }
}
