import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { RunEvent, RunResult } from '../../src/core/run/runEvents';

export interface CliEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

interface CliOptions {
  readonly cwd?: string;
  /** The executable that runs it; this one unless said. */
  readonly node?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The user and group that it runs as; takes root. */
  readonly uid?: number;
}

/** One process of the packaged terminal program. */
export class Cli {
  public readonly process: ChildProcess;
  public readonly ended: Promise<CliEnd>;
  private out = '';
  private err = '';
  private readonly watchers = new Set<() => void>();

  constructor(
    args: readonly string[],
    { cwd, node = process.execPath, env = {}, uid }: CliOptions = {},
  ) {
    this.process = spawn(node, [resolve('dist/cli.js'), ...args], {
      cwd,
      uid,
      gid: uid,
      env: { ...process.env, NO_COLOR: '1', DATABASE_URL: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process.stdout!.on('data', (data) => this.add(() => (this.out += data)));
    this.process.stderr!.on('data', (data) => this.add(() => (this.err += data)));
    this.ended = new Promise((done, failed) => {
      this.process.on('error', failed);
      this.process.on('close', (code, signal) => {
        this.add(() => undefined);
        done({ code, signal, out: this.out, err: this.err });
      });
    });
  }

  /** Runs it to its end. */
  public static async run(args: readonly string[], options?: CliOptions): Promise<CliEnd> {
    return new Cli(args, options).ended;
  }

  /** Waits until stdout has this; fails when the process ended without. */
  public async says(text: string | RegExp): Promise<void> {
    const said = (): boolean =>
      typeof text === 'string' ? this.out.includes(text) : text.test(this.out);
    await new Promise<void>((done, failed) => {
      const check = (): void => {
        const over = this.process.exitCode !== null || this.process.signalCode !== null;
        if (said()) {
          done();
        } else if (over) {
          failed(new Error(`ended without saying ${text}:\n${this.out}\n${this.err}`));
        } else {
          return;
        }
        this.watchers.delete(check);
      };
      this.watchers.add(check);
      check();
    });
  }

  private add(change: () => void): void {
    change();
    this.watchers.forEach((check) => check());
  }
}

/** The lines of `--json`. */
export function objects({ out }: CliEnd): ({ readonly type: string } & Record<string, unknown>)[] {
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** The last line of `--json` after a run. */
export function resultOf(end: CliEnd): RunResult & { readonly type: 'result' } {
  const last = objects(end).at(-1);
  if (last?.type !== 'result') {
    throw new Error(`no result: ${end.out}\n${end.err}`);
  }
  return last as unknown as ReturnType<typeof resultOf>;
}

export function eventsOf(end: CliEnd): RunEvent[] {
  return objects(end).slice(0, -1) as unknown as RunEvent[];
}
