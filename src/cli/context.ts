import { resolve } from 'node:path';
import { LockstepError } from '../core/errors';
import type { Direction } from '../core/model';
import type { Outcome } from '../core/run/runEvents';
import { defaultWaitLimits, type Goal, type WaitLimits } from '../core/run/runRequest';
import type { Service } from '../migrator/service/service';
import { findTarget, type FoundTarget, type Place } from './findTarget';
import type { Options } from './options';
import type { Output } from './output';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * What a run does about Ctrl-C and the like: the first cancels it, a second ends the process at once.
 * SQLite rolls back at the next open, so either leaves what was committed and nothing else.
 */
export class Interrupts {
  private readonly controller = new AbortController();
  private received: NodeJS.Signals | undefined;

  constructor(private readonly service: Pick<Service, 'releaseNow' | 'needsKill'>) {
    signals.forEach((signal) => process.on(signal, this.onSignal));
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /**
   * To be called when the result was printed. A cancelled process does not end by `process.exit`,
   * which waits for a statement that still runs and so for the COMMIT after it, but by the signal
   * itself: a shell then sees 130.
   */
  public async finish(cancelled: boolean): Promise<void> {
    signals.forEach((signal) => process.off(signal, this.onSignal));
    if (this.received && cancelled) {
      await flushed(process.stdout);
      await flushed(process.stderr);
      await this.end(this.received);
    }
    if (this.service.needsKill) {
      await this.end('SIGKILL');
    }
  }

  private readonly onSignal = (signal: NodeJS.Signals): void => {
    if (this.received) {
      this.service.releaseNow();
      process.kill(process.pid, 'SIGKILL');
    }
    this.received = signal;
    this.controller.abort();
  };

  /** Never returns: with the handlers gone the system ends the process. */
  private async end(signal: NodeJS.Signals): Promise<never> {
    this.service.releaseNow();
    // Also those of libraries that clean up on exit: as long as one is there, nothing ends.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    return new Promise<never>(() => setInterval(() => {}, 1000));
  }
}

async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>((resolve) => {
    if (stream.destroyed || !stream.write('', () => resolve())) {
      resolve();
    }
  });
}

/** What a command works with. */
export class Context {
  constructor(
    public readonly options: Options,
    public readonly output: Output,
    public readonly place: Place,
    public readonly service: Service,
    public readonly version: string,
  ) {}

  /** See {@link findTarget}. */
  public async target(wanted: 'database' | 'folders' = 'database'): Promise<FoundTarget> {
    return findTarget(
      this.options,
      this.place,
      (request) => this.service.discover(request),
      wanted,
    );
  }

  /** Absolute path of the database alone; nothing is searched where it is named. */
  public async database(): Promise<string> {
    const { options, place } = this;
    return options.database === undefined
      ? (await this.target()).database
      : resolve(place.folder, options.database);
  }
}

/** Does what was asked; the exit code. */
export type Command = (context: Context) => Promise<number>;

/**
 * Asks before something that a person may regret; on stderr, so that stdout stays clean.
 * @throws LockstepError `usage` where nobody is there to be asked
 */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new LockstepError('usage', { message: 'Nobody can be asked here; confirm with --yes.' });
  }
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-C and Ctrl-D close it, and then the question is never answered.
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

/** How far a command goes. */
export function goalOf({ to, steps }: Options, direction: Direction): Goal {
  if (to !== undefined) {
    return { kind: 'to', id: to };
  }
  if (steps !== undefined) {
    return { kind: 'steps', steps };
  }
  return direction === 'up' ? { kind: 'all' } : { kind: 'steps', steps: 1 };
}

/** What a shell learns about how a command ended. Part of the interface. */
export const exitCodes: Readonly<Record<Outcome, number>> = {
  done: 0,
  failed: 1,
  invalid: 2,
  timeout: 3,
  refused: 4,
  unconfirmed: 4,
  cancelled: 130,
};

/** How long a command waits for the lock. @param totalMs as the command line says */
export function waitLimits(totalMs: number = defaultWaitLimits.totalMs): WaitLimits {
  const attemptMs = Math.min(defaultWaitLimits.attemptMs, totalMs);
  return { ...defaultWaitLimits, totalMs, attemptMs };
}
