import type { Worker } from 'node:worker_threads';
import type { EngineName } from '../../core/connection';
import { type ErrorInfo, LockstepError } from '../../core/errors';
import type { RunEvent } from '../../core/run/runEvents';
import {
  type CallName,
  type ThreadCalls,
  type ThreadControlWriter,
  type ThreadReply,
  transferList,
} from '../threadProtocol';
import { type StartedThread, startThread } from './startThread';

type OnEvents = (events: readonly RunEvent[]) => void;

interface Call {
  resolve(answer: unknown): void;
  reject(error: Error): void;
  onEvents?: OnEvents;
}

/** A thread that owns connections, as the main thread sees it. Its calls are answered in order. */
export class DatabaseThread {
  public readonly engine: EngineName;
  public readonly control: ThreadControlWriter;
  /** Set by a run that uses the thread, between its calls too. */
  public reserved = false;
  private readonly worker: Worker;
  private readonly calls = new Map<number, Call>();
  private nextId = 1;
  private ended = false;

  constructor({ engine, worker, control }: StartedThread) {
    this.engine = engine;
    this.control = control;
    this.worker = worker;
    this.worker.on('message', (reply: ThreadReply) => this.onReply(reply));
    this.worker.on('error', (error) => this.onEnd(error));
    this.worker.on('exit', (code) => this.onEnd(new Error(`thread ended with code ${code}`)));
    this.worker.unref();
  }

  /** Whether a call has not been answered yet. */
  public get busy(): boolean {
    return this.calls.size > 0;
  }

  /** False once the thread has ended; a new one is needed then. */
  public get usable(): boolean {
    return !this.ended;
  }

  /** @throws LockstepError as the thread threw it */
  public call<C extends CallName>(
    call: C,
    ask: ThreadCalls[C]['ask'],
    onEvents?: OnEvents,
  ): Promise<ThreadCalls[C]['answer']> {
    if (this.ended) {
      return Promise.reject(new LockstepError('migrator.crashed', { detail: 'thread' }));
    }
    const id = this.nextId++;
    this.worker.ref();
    return new Promise((resolve, reject) => {
      this.calls.set(id, { resolve: resolve, reject, onEvents });
      const message = { id, call, ask };
      this.worker.postMessage(message, transferList(message));
    });
  }

  /** Ends the thread; waits for a statement that runs. */
  public async end(): Promise<void> {
    this.ended = true;
    await this.worker.terminate();
  }

  private onReply(reply: ThreadReply): void {
    const call = this.calls.get(reply.id);
    if (reply.type === 'events') {
      call?.onEvents?.(reply.events);
      return;
    }
    this.calls.delete(reply.id);
    if (this.calls.size === 0) {
      this.worker.unref();
    }
    if (reply.type === 'answer') {
      call?.resolve(reply.answer);
    } else {
      call?.reject(toError(reply.error));
    }
  }

  private onEnd(error: Error): void {
    this.ended = true;
    for (const call of this.calls.values()) {
      call.reject(new LockstepError('migrator.crashed', { detail: error.message }));
    }
    this.calls.clear();
  }
}

function toError({ code, params, place }: ErrorInfo): LockstepError {
  return new LockstepError(code, params, place);
}

/** A thread that was started before its process had loaded the rest, and what for. */
export interface ThreadAhead {
  readonly purpose: 'read' | 'run';
  readonly thread: StartedThread;
}

/** The database threads of a process: one an engine that reads, so that nothing read waits for a run. */
export class ThreadPool {
  private readonly readers = new Map<EngineName, DatabaseThread>();
  private readonly runners = new Set<DatabaseThread>();
  private readonly sandboxes = new Map<string, DatabaseThread>();

  /**
   * @param folder of the bundled thread files
   * @param ahead a thread that was started before the pool was loaded
   */
  constructor(
    public readonly folder: string,
    ahead?: ThreadAhead,
  ) {
    if (ahead?.purpose === 'read') {
      this.readers.set(ahead.thread.engine, new DatabaseThread(ahead.thread));
    } else if (ahead) {
      this.runners.add(new DatabaseThread(ahead.thread));
    }
  }

  /** The thread that reads beside runs. */
  public reader(engine: EngineName): DatabaseThread {
    let thread = this.readers.get(engine);
    if (!thread?.usable) {
      thread = this.start(engine);
      this.readers.set(engine, thread);
    }
    return thread;
  }

  /** A thread for a run: one that has finished its last run, or a new one. */
  public runner(engine: EngineName): DatabaseThread {
    for (const thread of this.runners) {
      if (thread.usable && !thread.busy && !thread.reserved && thread.engine === engine) {
        return thread;
      }
    }
    const thread = this.start(engine);
    this.runners.add(thread);
    return thread;
  }

  /**
   * A thread that cannot reach files, for SQL that nobody has decided to run: it can be ended
   * at once, whatever it does. One for each purpose, so that none ends another's work.
   */
  public sandbox(purpose: 'rehearsal' | 'check'): DatabaseThread {
    let thread = this.sandboxes.get(purpose);
    if (!thread?.usable) {
      thread = this.start('sqljs');
      this.sandboxes.set(purpose, thread);
    }
    return thread;
  }

  /** Resolves when the threads have put away what they do after their answers. */
  public async settled(): Promise<void> {
    const idle = [...this.runners].filter(({ usable, busy }) => usable && !busy);
    await Promise.allSettled(idle.map((thread) => thread.call('syncLogs', {})));
  }

  public async end(): Promise<void> {
    await Promise.all(
      [...this.readers.values(), ...this.runners, ...this.sandboxes.values()].map((thread) =>
        thread.end(),
      ),
    );
  }

  private start(engine: EngineName): DatabaseThread {
    return new DatabaseThread(startThread(this.folder, engine));
  }
}

interface CallLimits {
  readonly maxMs: number;
  readonly graceMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Waits for work that may never end by itself, and ends it when it takes too long or nobody wants it
 * any more.
 *
 * @param limits.maxMs milliseconds
 * @param limits.graceMs milliseconds that work which nobody wants any more may take to end by itself,
 *   where ending it costs more than that
 * @param end ends the work, whatever it does
 * @throws LockstepError `rehearsal.cannot` with reason `time`, or `run.cancelled`
 */
export async function limitedCall<T>(
  work: Promise<T>,
  { maxMs, signal, graceMs = 0 }: CallLimits,
  end: () => void | Promise<void>,
): Promise<T> {
  let stop: (error: Error) => void = () => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = (error) => {
      work.catch(() => undefined); // it ends now, and nobody waits for it
      void end();
      reject(error);
    };
  });
  const timer = setTimeout(
    () => stop(new LockstepError('rehearsal.cannot', { reason: 'time' })),
    maxMs,
  );
  let grace: NodeJS.Timeout | undefined;
  const giveUp = (): void => stop(new LockstepError('run.cancelled'));
  const cancel = (): void => {
    if (graceMs > 0) {
      grace = setTimeout(giveUp, graceMs);
    } else {
      giveUp();
    }
  };
  signal?.addEventListener('abort', cancel);
  if (signal?.aborted) {
    cancel();
  }
  try {
    return await Promise.race([work, stopped]);
  } finally {
    clearTimeout(timer);
    clearTimeout(grace);
    signal?.removeEventListener('abort', cancel);
  }
}

/** Does one thing after another, in the order they come. */
export class Mutex {
  private last: Promise<unknown> = Promise.resolve();

  public async take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work, work);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
