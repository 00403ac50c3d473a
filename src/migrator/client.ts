import {
  CancellationToken,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
  ResponseError,
} from 'vscode-jsonrpc/node';
import { type ChildProcess, fork } from 'node:child_process';
import { type ErrorInfo, LockstepError } from '../core/errors';
import type { RunEvent } from '../core/run/runEvents';
import {
  type Answer,
  type Ask,
  eventsNotification,
  leavingNotification,
  type Operation,
  type OperationCall,
  type OperationEvents,
  operations,
} from './protocol';

export interface MigratorClientOptions {
  /** Absolute path of the bundled migrator. */
  readonly modulePath: string;
  log(level: 'debug' | 'info' | 'warning' | 'error', message: string): void;
}

export interface AskOptions {
  readonly token?: CancellationToken;
  /** Gets what happens while it happens, all of it before the answer. */
  onEvents?(events: readonly RunEvent[]): void;
}

/**
 * A window's end of its migrator process: started at the first request, kept, started anew when it
 * has gone. Whoever cancels a statement ends the process it runs in, so a second run at the same
 * time, of another database, gets a process of its own.
 */
export class MigratorClient {
  private readonly processes = new Set<MigratorProcess>();
  private readonly crashListeners = new Set<() => void>();
  private disposed = false;

  constructor(private readonly options: MigratorClientOptions) {}

  /** The process id while the process is up. */
  public get pid(): number | undefined {
    return [...this.processes].find(({ leaving }) => !leaving)?.pid;
  }

  /** Fired when the process ended unasked; requests under way are rejected by then. */
  public onDidCrash(listener: () => void): { dispose(): void } {
    this.crashListeners.add(listener);
    return { dispose: () => this.crashListeners.delete(listener) };
  }

  /**
   * Has an operation done, in its mode (see `operations`).
   * @throws LockstepError
   */
  public async ask<O extends Operation>(
    operation: O,
    ask: Ask<O>,
    options: AskOptions = {},
  ): Promise<Answer<O>> {
    const { mode } = operations[operation];
    const process = this.process(({ isTaken }) => mode !== 'alone' || !isTaken);
    try {
      return await process.ask(operation, ask, options);
    } catch (error) {
      // Ended with a cancelled run, or killed. Nothing else would ask again for long.
      if (mode === 'read' && this.isLost(process, error as LockstepError) && !this.disposed) {
        return await this.process(() => true).ask(operation, ask, options);
      }
      throw error;
    } finally {
      if (mode === 'alone') {
        this.disposeIdleProcesses();
      }
    }
  }

  /**
   * Disconnects the process: it ends at once, whatever it was doing, and frees its locks. Requests
   * under way are rejected.
   */
  public dispose(): void {
    this.disposed = true;
    this.processes.forEach((process) => process.dispose());
  }

  /** The same, and waits until it has ended. */
  public async end(): Promise<void> {
    const exits = [...this.processes].map(({ exited }) => exited);
    this.dispose();
    await Promise.all(exits);
  }

  private isLost(process: MigratorProcess, { code }: LockstepError): boolean {
    return code === 'migrator.crashed' && (process.leaving || !this.processes.has(process));
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
    const started = new MigratorProcess(this.options, (asked) => {
      this.processes.delete(started);
      if (!asked) {
        this.crashListeners.forEach((listener) => listener());
      }
    });
    this.processes.add(started);
    return started;
  }

  /** One process is kept; which one may have changed while several worked. */
  private disposeIdleProcesses(): void {
    const [, ...others] = [...this.processes].filter(({ leaving }) => !leaving);
    for (const idle of others.filter(({ isTaken }) => !isTaken)) {
      this.processes.delete(idle);
      idle.dispose();
    }
  }
}

/** What was asked of a process and is not answered yet. */
interface Call extends AskOptions {
  readonly operation: Operation;
}

/** One migrator process, from its start to its end, and the connection to it. */
class MigratorProcess {
  private readonly child: ChildProcess;
  private readonly connection: MessageConnection;
  /** Rejects when the process has gone, which a request's promise alone does not always do. */
  private readonly gone: Promise<never>;
  /** Resolves also after `dispose`, by which its requests have ended. */
  readonly exited: Promise<void>;
  private readonly calls = new Map<OperationCall['id'], Call>();
  private nextId = 1;
  private isLeaving = false;

  /** @param onExit told whether the process was to end, or had announced it */
  constructor(
    private readonly options: MigratorClientOptions,
    private readonly onExit: (asked: boolean) => void,
  ) {
    const { modulePath, log } = options;
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
    this.connection.onNotification(eventsNotification, ({ id, events }: OperationEvents) =>
      this.calls.get(id)?.onEvents?.(events),
    );
    this.connection.onError(([error]) => log('warning', String(error)));
    this.connection.listen();
    log('debug', `migrator started, pid ${this.child.pid}`);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Set once it is to end, or has announced it: it takes no further request. */
  get leaving(): boolean {
    return this.isLeaving;
  }

  /** Whether it does an operation of mode `alone`, so that cancelling could end it. */
  get isTaken(): boolean {
    return [...this.calls.values()].some(({ operation }) => operations[operation].mode === 'alone');
  }

  async ask<O extends Operation>(
    operation: O,
    ask: Ask<O>,
    { token = CancellationToken.None, onEvents }: AskOptions,
  ): Promise<Answer<O>> {
    const id = this.nextId++;
    this.calls.set(id, { operation, onEvents });
    try {
      const call: OperationCall<O> = { id, ask };
      const answer = this.connection.sendRequest<Answer<O>>(operation, call, token);
      return await Promise.race([answer, this.gone]);
    } catch (error) {
      throw toError(error);
    } finally {
      this.calls.delete(id);
    }
  }

  /**
   * Disconnects: the process ends at once, whatever it was doing, and frees its locks. Requests under
   * way are rejected here: a process that is disconnected from this side never emits `close`.
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
    this.onExit(this.isLeaving);
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

/** Opens the port that a debugger attaches to (CONTRIBUTING.md); where no port is named, none. */
function inspectorArgs(port: string | undefined): string[] {
  return /^\d+$/.test(port ?? '') ? [`--inspect=127.0.0.1:${port}`] : [];
}
