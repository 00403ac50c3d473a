import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { defaultBackupOptions } from '../../src/core/model';
import type { RunEvent, RunResult } from '../../src/core/run/runEvents';
import { defaultWaitLimits, type RunRequest } from '../../src/core/run/runRequest';
import { MigratorClient } from '../../src/migrator/client';
import { each } from '../support/each';
import type { SmallMigration } from './sample';

/** How much of what is on by default takes part. */
export type Extras = 'bare' | 'defaults';

/** A process from its start to its end. @throws when it fails */
export async function runProcess(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (data) => (said += String(data)));
  child.stderr.on('data', (data) => (said += String(data)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) {
    throw new Error(`${command} ${args.join(' ')}: ${code}\n${said}`);
  }
}

/** `lockstep migrate`, Node's start included. */
export function terminalArgs(database: string, migrations: string, extras: Extras): string[] {
  const args = [resolve('dist/cli.js'), 'migrate', '--database', database];
  args.push('--migrations', migrations);
  return extras === 'bare' ? [...args, '--backups', '0', '--no-rehearse'] : args;
}

export async function terminal(
  database: string,
  migrations: string,
  extras: Extras = 'bare',
): Promise<void> {
  await runProcess(process.execPath, terminalArgs(database, migrations, extras));
}

export function dbmateArgs(database: string, migrations: string): [string, string[]] {
  const name = `@dbmate/${process.platform}-${process.arch}/bin/dbmate`;
  const file = createRequire(join(process.cwd(), 'package.json')).resolve(
    process.platform === 'win32' ? `${name}.exe` : name,
  );
  const args = ['--url', `sqlite:${database}`, '--migrations-dir', migrations, '--no-dump-schema'];
  return [file, [...args, 'up']];
}

export async function dbmate(database: string, migrations: string): Promise<void> {
  await runProcess(...dbmateArgs(database, migrations));
}

/** A window's migrator process, asked as the window asks it. */
export class WarmWindow {
  public readonly client = new MigratorClient({
    modulePath: resolve('dist/migrator.js'),
    log: (level, message) => level !== 'debug' && console.log(level, message),
  });

  public run(
    database: string,
    migrations: string,
    change: Partial<RunRequest> = {},
    onEvent: (event: RunEvent) => void = () => undefined,
  ): Promise<RunResult> {
    const request: RunRequest = {
      target: { database, folders: [migrations] },
      direction: 'up',
      goal: { kind: 'all' },
      owner: { kind: 'window', workspace: 'bench', version: '0' },
      engine: 'auto',
      wait: defaultWaitLimits,
      transaction: 'grouped',
      backup: { ...defaultBackupOptions, keep: 0 },
      ...change,
    };
    return this.client.ask('run', request, { onEvents: each(onEvent) });
  }

  /** As `run`, but anything else than success is an error. */
  public async mustRun(...args: Parameters<WarmWindow['run']>): Promise<RunResult> {
    const result = await this.run(...args);
    if (result.outcome !== 'done') {
      throw new Error(JSON.stringify(result));
    }
    return result;
  }

  public dispose(): void {
    this.client.dispose();
  }
}

/** The same statements with the same commits, and nothing else: no process can be faster. */
export function floor(
  database: string,
  migrations: readonly SmallMigration[],
  commits: 'each' | 'one',
): void {
  const db = new DatabaseSync(database);
  const insert = 'insert into schema_migrations (version) values (?)';
  db.exec('BEGIN IMMEDIATE');
  db.exec('create table if not exists schema_migrations (version varchar(128) primary key)');
  for (const { version, sql } of migrations) {
    if (commits === 'each' && !db.isTransaction) {
      db.exec('BEGIN IMMEDIATE');
    }
    db.exec(sql);
    db.prepare(insert).run(version);
    if (commits === 'each') {
      db.exec('COMMIT');
    }
  }
  if (db.isTransaction) {
    db.exec('COMMIT');
  }
  db.close();
}
