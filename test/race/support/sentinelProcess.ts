import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Holder, ProcessIdentity } from '../../../src/core/model';

export interface ChildOptions {
  readonly database: string;
  /** Pretends to be another process, or on another machine. */
  readonly identity?: Partial<ProcessIdentity>;
  readonly staleMs?: number;
  readonly heartbeatMs?: number;
}

/** Sends the process a signal of its own just before a file operation on the lock's files. */
export interface Trap {
  /** Which operation, from 1. */
  readonly at: number;
  readonly signal: 'SIGKILL' | 'SIGSTOP';
  /** Which operations count: all that change something, those that write a file, or all. */
  readonly only?: 'changes' | 'writes';
  /** Only this operation counts. */
  readonly operation?: string;
  /** Leave the file empty that would have been written. */
  readonly torn?: boolean;
}

export interface ChildCalls {
  acquire(): Promise<{
    readonly got: boolean;
    readonly holder?: Holder;
    readonly tookOver?: { readonly holder?: Holder };
  }>;
  release(): Promise<void>;
  releaseNow(): Promise<void>;
  progress(step: number): Promise<void>;
  lost(): Promise<{ readonly lost: boolean; readonly losses: number }>;
  trap(trap?: Trap): Promise<void>;
  /** The signals somebody listens to. */
  signals(): Promise<string[]>;
  exit(code: number): Promise<void>;
  /** Closes the channel, so that nothing of the test's keeps the process alive. */
  letGo(): Promise<void>;
  becomeNobody(): Promise<void>;
}

/** A real process with a sentinel lock, told what to do. */
export class SentinelProcess {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private calls = 0;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;

  constructor(options: ChildOptions) {
    const file = join(__dirname, 'support/sentinelChild.js');
    this.child = fork(file, [JSON.stringify(options)], { execArgv: [] });
    this.child.on('message', (answer: Answer) => {
      this.waiting.get(answer.id)?.(answer);
      this.waiting.delete(answer.id);
    });
    this.ended = once(this.child, 'exit').then(([code, signal]) => ({ code, signal }));
  }

  get pid(): number {
    return this.child.pid!;
  }

  call<K extends keyof ChildCalls>(
    name: K,
    ...args: Parameters<ChildCalls[K]>
  ): ReturnType<ChildCalls[K]> {
    const id = ++this.calls;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, ({ error, value }) =>
        error
          ? reject(Object.assign(new Error(error.message), { code: error.code }))
          : resolve(value as never),
      );
      this.child.send({ id, call: name, args });
    }) as ReturnType<ChildCalls[K]>;
  }

  /** Ends when the process has been stopped by a signal; Linux only. */
  async stopped(): Promise<void> {
    while (!/\) T /.test(readFileSync(`/proc/${this.pid}/stat`, 'latin1'))) {
      await sleep(1);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async kill(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
    }
    await this.ended;
  }
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: { readonly message: string; readonly code?: string };
}
