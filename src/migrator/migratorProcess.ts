import { fork, type ChildProcess } from 'node:child_process';
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  ResponseError,
  type CancellationToken,
  type MessageConnection,
  type RequestType,
} from 'vscode-jsonrpc/node';
import { LockstepError, type ErrorInfo } from '../core/errors';
import type { RunEvent } from '../core/run/runEvent';
import { leavingNotification, runEventsNotification } from './protocol';

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
      execArgv: [],
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
