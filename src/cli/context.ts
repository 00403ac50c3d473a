import { basename, resolve } from 'node:path';
import { LockstepError } from '../core/errors';
import type { Direction, Goal, Owner } from '../core/model';
import type { Outcome } from '../core/run/runEvents';
import { defaultWaitLimits, type FileAccess, type WaitLimits } from '../core/run/runRequest';
import type { Service } from '../migrator/service/service';
import { findTarget, type FoundTarget, type Place } from './findTarget';
import type { Options } from './options';
import type { Output } from './output';

/** Does what the command line asks for; the exit code. */
export type Command = (context: Context) => Promise<number>;

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

/** What a command works with: the command line, where it was typed, and the service that does it. */
export class Context {
  constructor(
    public readonly options: Options,
    public readonly output: Output,
    public readonly place: Place,
    public readonly service: Service,
    private readonly version: string,
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
      ? (await this.target()).target.database
      : resolve(place.folder, options.database);
  }

  /** How far a command goes: all the way up, one step down, unless the command line says. */
  public goal(direction: Direction): Goal {
    const { to, steps } = this.options;
    if (to !== undefined) {
      return { kind: 'to', id: to };
    }
    if (steps !== undefined) {
      return { kind: 'steps', steps };
    }
    return direction === 'up' ? { kind: 'all' } : { kind: 'steps', steps: 1 };
  }

  /** Who holds the lock while a command works. */
  public get owner(): Owner {
    const workspace = basename(this.place.folder) || undefined;
    return { kind: 'terminal', workspace, version: this.version };
  }

  /** How long a command waits for the lock. */
  public get wait(): WaitLimits {
    const { wait: totalMs = defaultWaitLimits.totalMs } = this.options;
    const attemptMs = Math.min(defaultWaitLimits.attemptMs, totalMs);
    return { ...defaultWaitLimits, totalMs, attemptMs };
  }

  /** Where migrations may read and write files. */
  public get fileAccess(): FileAccess {
    return this.options.allowOutside ? 'anywhere' : { folders: [this.place.folder] };
  }
}

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
