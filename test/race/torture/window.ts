import { join } from 'node:path';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { defaultBackupOptions } from '../../../src/core/model';
import { LockstepError } from '../../../src/core/errors';
import { defaultRehearsalLimits } from '../../../src/migrator/protocol';
import { MigratorClient } from '../../../src/migrator/client';
import { each } from '../../support/each';
import { appliedOf, type Contender, type Ending, type Ground } from './contender';
import type { ContenderPlan } from './scenario';

/** A contender that is a window's migrator process, asked through the window's own client. */
export class Window implements Contender {
  public readonly applied: string[] = [];
  public readonly ended: Promise<Ending>;
  private readonly client: MigratorClient;
  private readonly cancel = new CancellationTokenSource();
  private readonly firstPid: number | undefined;

  constructor(
    public readonly name: string,
    public readonly plan: ContenderPlan,
    private readonly ground: Ground,
  ) {
    this.client = new MigratorClient({
      modulePath: join(ground.dist, 'migrator.js'),
      log: (level, message) => level !== 'debug' && ground.note(`${name} ${level}: ${message}`),
    });
    this.ended = this.run();
    this.firstPid = this.client.pid;
  }

  /** The process the run was asked of; the client would start another one for the next request. */
  public get pid(): number | undefined {
    return this.firstPid;
  }

  public signal(signal: NodeJS.Signals): void {
    try {
      process.kill(this.firstPid!, signal);
    } catch {
      // gone already
    }
  }

  public interrupt(): void {
    this.cancel.cancel();
  }

  public abandon(): void {
    this.client.dispose();
  }

  public dispose(): void {
    this.client.dispose();
  }

  private async run(): Promise<Ending> {
    const { path, waitMs, staleMs, transaction, engine, backups, rehearse } = this.plan;
    try {
      const result = await this.client.ask(
        'run',
        {
          target: { database: this.ground.paths[path], folders: [this.ground.migrations] },
          direction: 'up',
          goal: { kind: 'all' },
          owner: { kind: 'window', workspace: this.name, version: '0' },
          engine,
          wait: { attemptMs: Math.min(5_000, waitMs), totalMs: waitMs, staleMs },
          transaction,
          backup: { ...defaultBackupOptions, keep: backups },
          rehearse: { mode: rehearse, maxBytes: defaultRehearsalLimits.maxBytes },
        },
        {
          token: this.cancel.token,
          onEvents: each((event) => {
            if (event.type === 'unguarded' || event.type === 'tookOver') {
              this.ground.note(`${this.name} ${JSON.stringify(event).slice(0, 300)}`);
            }
            this.applied.push(...appliedOf(event));
          }),
        },
      );
      const { outcome, error } = result;
      return { outcome, error: error?.code, detail: JSON.stringify(error) ?? '' };
    } catch (error) {
      const code = error instanceof LockstepError ? error.code : 'internal';
      return { error: code, detail: String((error as Error).stack) };
    } finally {
      // A process that has nothing more to do would wait for its window: let it go.
      this.client.dispose();
    }
  }
}
