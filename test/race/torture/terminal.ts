import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ErrorInfo } from '../../../src/core/errors';
import type { Outcome, RunEvent } from '../../../src/core/run/runEvents';
import { appliedOf, type Contender, type Ending, type Ground } from './contender';
import type { ContenderPlan } from './scenario';

/** One line of `--json`: an event, or in the end the result or an error. */
interface Line {
  readonly type: RunEvent['type'] | 'result' | 'error';
  readonly outcome?: Outcome;
  readonly error?: ErrorInfo;
  readonly code?: string;
}

/** A contender that is `lockstep migrate` in a process of its own. */
export class Terminal implements Contender {
  public readonly applied: string[] = [];
  public readonly ended: Promise<Ending>;
  private readonly child: ChildProcess;
  private last: Line | undefined;
  private said = '';

  constructor(
    public readonly name: string,
    public readonly plan: ContenderPlan,
    private readonly ground: Ground,
  ) {
    const [command, args] = this.command();
    this.child = spawn(command, args, {
      cwd: ground.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DATABASE_URL: '' },
      ...(ground.uid === undefined ? {} : { uid: ground.uid, gid: ground.uid }),
    });
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.hear(line));
    this.child.stderr!.on('data', (data) => (this.said += String(data)));
    this.ended = new Promise((resolve) => {
      this.child.once('error', ({ message }) => resolve({ detail: message, code: -1 }));
      this.child.once('close', (code, signal) => resolve(this.ending(code, signal)));
    });
  }

  public get pid(): number | undefined {
    return this.child.pid;
  }

  public signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  public interrupt(): void {
    this.child.kill('SIGINT');
  }

  public abandon(): void {
    this.child.kill('SIGHUP');
  }

  public dispose(): void {
    this.child.kill('SIGKILL');
  }

  private command(): [string, string[]] {
    const { dist, paths, migrations, nodes, fileLimit } = this.ground;
    const { path, waitMs, transaction, engine, node, backups, rehearse } = this.plan;
    const args = [join(dist, 'cli.js'), 'migrate', '--json'];
    args.push('--database', paths[path], '--migrations', migrations);
    args.push('--wait', String(waitMs / 1_000), '--transaction', transaction, '--engine', engine);
    args.push('--backups', String(backups), ...(rehearse === 'never' ? ['--no-rehearse'] : []));
    return fileLimit === undefined
      ? [nodes[node], args]
      : ['/bin/sh', ['-c', `ulimit -f ${fileLimit}; exec "$0" "$@"`, nodes[node], ...args]];
  }

  private hear(text: string): void {
    try {
      this.last = JSON.parse(text) as Line;
    } catch {
      this.said += `${text}\n`; // cut short by a kill, or a fault: the ending shows it
      return;
    }
    if (this.last.type === 'unguarded' || this.last.type === 'tookOver') {
      this.ground.note(`${this.name} ${text.slice(0, 300)}`);
    }
    this.applied.push(...appliedOf(this.last as unknown as RunEvent));
  }

  private ending(code: number | null, signal: string | null): Ending {
    const { last, said } = this;
    const over = last?.type === 'result' || last?.type === 'error';
    const error = last?.error?.code ?? (over ? last?.code : undefined);
    const detail = [JSON.stringify(last?.error ?? last)?.slice(0, 600), said.slice(0, 2_000)];
    const outcome = over ? last?.outcome : undefined;
    return { outcome, error, code, signal, detail: detail.filter(Boolean).join('\n') };
  }
}
