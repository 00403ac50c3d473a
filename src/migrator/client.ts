import { fork, type ChildProcess } from 'node:child_process';
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  ResponseError,
  CancellationToken,
  type MessageConnection,
  type RequestType,
} from 'vscode-jsonrpc/node';
import { LockstepError, type ErrorInfo } from '../core/errors';
import type { Backup } from '../core/backup';
import type { LockState } from '../core/holder';
import type { RestoreRequest, RestoreResult } from '../core/run/restoreRequest';
import type { Rehearsal } from '../core/rehearsal/rehearsal';
import type { RunEvent, RunResult } from '../core/run/runEvent';
import type { RunRequest } from '../core/run/runRequest';
import type { Status } from '../core/status';
import type { Target } from '../core/target';
import type { DiscoverRequest, Discovery } from './discovery/discovery';
import type { NewMigrationRequest, NewMigrationResult } from './newMigration';
import type { NativeAttempt } from './rehearsal/nativeAttempt';
import type { RehearsalRequest } from './rehearsal/rehearsalRequest';
import {
  backupsRequest,
  attemptRequest,
  breakLockRequest,
  discoverRequest,
  leavingNotification,
  lockRequest,
  newMigrationRequest,
  previewRequest,
  resolveInterruptedRequest,
  restoreRequest,
  runEventNotification,
  runRequest,
  statusRequest,
} from './protocol';

export interface MigratorClientOptions {
  /** Absolute path of the bundled migrator. */
  readonly modulePath: string;
  log(level: 'debug' | 'info' | 'warning' | 'error', message: string): void;
}

/** A migrator process that is up. */
interface Running {
  readonly child: ChildProcess;
  readonly connection: MessageConnection;
  /** Rejects when the process has gone, which a request's promise alone does not always do. */
  readonly gone: Promise<never>;
  /** Set once it has said that it ends itself. */
  leaving: boolean;
}

/**
 * A window's end of its migrator process: started at the first request, kept, started anew when it
 * has gone. Every method rejects with a {@link LockstepError}.
 */
export class MigratorClient {
  private running: Running | undefined;
  private readonly crashListeners = new Set<() => void>();
  private readonly runListeners = new Map<number, (event: RunEvent) => void>();
  private nextRunId = 1;
  private disposed = false;
  private ending: Promise<void> | undefined;

  constructor(private readonly options: MigratorClientOptions) {}

  /** The process id while the process is up. */
  public get pid(): number | undefined {
    return this.running?.child.pid;
  }

  /** Tells when the process went away unasked; requests under way are rejected by then. */
  public onDidCrash(listener: () => void): { dispose(): void } {
    this.crashListeners.add(listener);
    return { dispose: () => this.crashListeners.delete(listener) };
  }

  public discover(request: DiscoverRequest, token?: CancellationToken): Promise<Discovery> {
    return this.request(discoverRequest, request, token);
  }

  public status(target: Target, token?: CancellationToken): Promise<Status> {
    return this.request(statusRequest, target, token);
  }

  public lock(database: string): Promise<LockState> {
    return this.request(lockRequest, { database });
  }

  /** Cancelling the token ends the run within a second; the result then says `cancelled`. */
  public async run(
    run: RunRequest,
    onEvent: (event: RunEvent) => void,
    token?: CancellationToken,
  ): Promise<RunResult> {
    return this.withEvents(onEvent, (runId) => this.request(runRequest, { runId, run }, token));
  }

  public backups(database: string): Promise<readonly Backup[]> {
    return this.request(backupsRequest, { database });
  }

  /** Cancelling the token ends the restore within a second, with nothing restored. */
  public async restore(
    restore: RestoreRequest,
    onEvent: (event: RunEvent) => void,
    token?: CancellationToken,
  ): Promise<RestoreResult> {
    return this.withEvents(onEvent, (runId) =>
      this.request(restoreRequest, { runId, restore }, token),
    );
  }

  public preview(request: RehearsalRequest, token?: CancellationToken): Promise<Rehearsal> {
    return this.request(previewRequest, request, token);
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

  public newMigration(request: NewMigrationRequest): Promise<NewMigrationResult> {
    return this.request(newMigrationRequest, request);
  }

  /** Lets the process go: it ends at once, whatever it was doing, and frees its locks. */
  public dispose(): void {
    this.disposed = true;
    const { running } = this;
    this.running = undefined;
    this.ending ??= running && whenExited(running.child);
    running?.child.disconnect();
  }

  /** Lets it go and waits until it has gone. */
  public async end(): Promise<void> {
    this.dispose();
    await this.ending;
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
    const { connection, gone } = this.start();
    try {
      // An absent token would be sent as a second parameter.
      const answer = token
        ? connection.sendRequest<R>(type.method, params, token)
        : connection.sendRequest<R>(type.method, params);
      return await Promise.race([answer, gone]);
    } catch (error) {
      throw toError(error);
    }
  }

  private start(): Running {
    if (this.disposed) {
      throw new LockstepError('migrator.crashed', { detail: 'disposed' });
    }
    if (this.running && !this.running.leaving) {
      return this.running;
    }
    const { modulePath, log } = this.options;
    const child = fork(modulePath, [], {
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    child.stdout?.on('data', (data) => log('debug', String(data).trimEnd()));
    child.stderr?.on('data', (data) => log('warning', String(data).trimEnd()));
    const connection = createMessageConnection(
      new IPCMessageReader(child),
      new IPCMessageWriter(child),
    );
    const running: Running = { child, connection, gone: whenGone(child), leaving: false };
    this.running = running;
    connection.onNotification(leavingNotification, () => {
      running.leaving = true;
    });
    connection.onNotification(runEventNotification, ({ runId, event }) =>
      this.runListeners.get(runId)?.(event),
    );
    connection.onError(([error]) => log('warning', String(error)));
    child.on('error', (error) => log('error', String(error)));
    child.on('close', (code, signal) => this.onExit(running, code, signal));
    connection.listen();
    log('debug', `migrator started, pid ${child.pid}`);
    return running;
  }

  private onExit(running: Running, code: number | null, signal: string | null): void {
    running.connection.dispose();
    if (this.running === running) {
      this.running = undefined;
    }
    if (!running.leaving && !this.disposed) {
      this.options.log('warning', `migrator ended: ${signal ?? `exit code ${code}`}`);
      this.crashListeners.forEach((listener) => listener());
    }
  }
}

/** Unlike `close`, `exit` comes also after we have let the process go. */
function whenExited(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
    }
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
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
