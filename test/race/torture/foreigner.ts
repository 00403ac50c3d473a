import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ForeignerPlan } from './scenario';

/** A foreign program at work on the database, as its parent sees it. */
export class Foreigner {
  /** The numbers of the rows it has committed, as it said itself. */
  public readonly committed: number[] = [];
  public killed = false;
  /** Between its BEGIN IMMEDIATE and its COMMIT. */
  public holds = false;
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;
  private complaints = '';
  private readyNow!: () => void;
  /** Resolves when it has the database open. */
  public readonly ready = new Promise<void>((resolve) => (this.readyNow = resolve));

  constructor(
    public readonly name: string,
    public readonly plan: ForeignerPlan,
    path: string,
    journal: string,
    note: (what: string) => void,
  ) {
    const program = join(__dirname, 'programs', 'foreigner.js');
    const args = [program, JSON.stringify(plan), name, path, journal];
    this.child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdin!.on('error', () => undefined);
    this.child.stderr!.on('data', (data) => (this.complaints += String(data)));
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      if (line === 'ready') {
        this.readyNow();
      } else if (/^\d+$/.test(line)) {
        this.committed.push(Number(line));
      } else {
        this.holds = line === 'holding';
        note(`${name} ${line}`);
      }
    });
    this.ended = once(this.child, 'close').then(() => this.readyNow());
  }

  public get pid(): number | undefined {
    return this.child.pid;
  }

  public go(): void {
    this.child.stdin!.write('go\n');
  }

  public kill(): void {
    this.killed = true;
    this.child.kill('SIGKILL');
  }

  /** Lets it finish what it is at. Gives what it has to complain of. */
  public async stop(): Promise<string> {
    this.child.stdin!.end();
    const late = setTimeout(() => {
      this.complaints += 'it did not end';
      this.child.kill('SIGKILL');
    }, 90_000);
    await this.ended;
    clearTimeout(late);
    return this.complaints;
  }
}
