import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { each } from '../../support/each';
import type { RunEvent } from '../../../src/core/run/runEvents';
import { slowMigrations } from '../../support/slowStep';
import { inTurns, median, type Measure } from '../measure';
import type { BenchOptions } from '../options';
import { smallMigrations, type Workplace } from '../sample';
import { terminalArgs, WarmWindow } from '../subjects';
import { ms, table } from '../table';

/** What somebody who waits, takes over or cancels has to wait for. */
export async function benchWaiting({ turns }: BenchOptions, place: Workplace): Promise<void> {
  const subjects: Record<string, Measure> = {
    'a waiting window starts after the commit': () => handOver(place),
    'a waiting window starts after kill -9': () => takeover(place),
    'a window has cancelled a statement': () => cancelWindow(place),
    'a terminal has cancelled a statement': () => cancelTerminal(place),
  };
  const goals = ['median 30, longest 100', 'longest 1000', 'longest 1000', 'longest 1000'];
  const times = await inTurns(subjects, turns);
  table(
    'Waiting, taking over, cancelling',
    ['', 'median ms', 'longest ms', 'goal'],
    Object.keys(subjects).map((name, index) => {
      const found = times.get(name)!;
      return [name, ms(median(found)), ms(Math.max(...found)), goals[index]];
    }),
  );
}

/** From one window's last commit to the first step of another that waited for it. */
async function handOver(place: Workplace): Promise<number> {
  const [first, second] = [await warm(place), await warm(place)];
  const database = place.database();
  const folder = place.migrations([]);
  const slow = 'CREATE TABLE big (i); ' + slowMigrations(3_000_000)['002_slow'];
  writeFileSync(join(folder, '1_slow.sql'), `-- migrate:up\n${slow}\n`);
  writeFileSync(join(folder, '2_next.sql'), '-- migrate:up\nCREATE TABLE next (x);\n');
  let committed = 0;
  const started = event('stepStarted');
  const running = first.run(
    database,
    folder,
    { goal: { kind: 'steps', steps: 1 }, transaction: 'each' },
    (each) => {
      started.see(each);
      if (each.type === 'stepDone') {
        committed = performance.now();
      }
    },
  );
  await started.seen;
  const next = event('stepStarted');
  const waiting = second.mustRun(database, folder, {}, next.see);
  const at = await next.seen;
  await Promise.all([running, waiting]);
  [first, second].forEach((window) => window.dispose());
  return at - committed;
}

/** From the kill of one that works to the first step of another that waited for it. */
async function takeover(place: Workplace): Promise<number> {
  const [first, second] = [await warm(place), await warm(place)];
  const database = place.database();
  const folder = slowFolder(place);
  const slow = event('stepStarted');
  void first.run(database, folder, {}, slow.see).catch(() => undefined);
  await slow.seen;
  const [waits, next] = [event('waiting'), event('stepStarted')];
  const running = second.run(database, folder, {}, (each) => {
    waits.see(each);
    next.see(each);
  });
  running.catch(() => undefined);
  await waits.seen;
  const killed = performance.now();
  process.kill(first.client.pid!, 'SIGKILL');
  const at = await next.seen;
  [first, second].forEach((window) => window.dispose());
  return at - killed;
}

async function cancelWindow(place: Workplace): Promise<number> {
  const window = await warm(place);
  const source = new CancellationTokenSource();
  const slow = event('stepStarted');
  const database = place.database();
  const folder = slowFolder(place);
  const request = {
    target: { database, folders: [folder] },
    direction: 'up',
    goal: { kind: 'all' },
    owner: { kind: 'window', version: '0' },
    engine: 'auto',
    wait: { attemptMs: 30_000, totalMs: 120_000, staleMs: 60_000 },
    transaction: 'grouped',
  } as const;
  const result = window.client.ask('run', request, {
    onEvents: each(slow.see),
    token: source.token,
  });
  await slow.seen;
  const start = performance.now();
  source.cancel();
  await result;
  window.dispose();
  return performance.now() - start;
}

async function cancelTerminal(place: Workplace): Promise<number> {
  const args = [...terminalArgs(place.database(), slowFolder(place), 'bare'), '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  await new Promise<void>((resolve) => {
    let said = '';
    child.stdout.on('data', (data) => {
      said += String(data);
      if (said.includes('"stepStarted"')) {
        resolve();
      }
    });
  });
  const start = performance.now();
  child.kill('SIGINT');
  await ended;
  return performance.now() - start;
}

/** A folder whose first migration is one statement of some ten seconds. */
function slowFolder(place: Workplace): string {
  const folder = place.migrations([]);
  const slow = 'CREATE TABLE big (i); ' + slowMigrations()['002_slow'];
  writeFileSync(join(folder, '1_slow.sql'), `-- migrate:up\n${slow}\n`);
  return folder;
}

async function warm(place: Workplace): Promise<WarmWindow> {
  const window = new WarmWindow();
  await window.mustRun(place.database(), place.migrations(smallMigrations(1)));
  return window;
}

/** When the first event of a type was seen. */
function event(type: RunEvent['type']): { see(event: RunEvent): void; seen: Promise<number> } {
  let found: (at: number) => void;
  const seen = new Promise<number>((resolve) => (found = resolve));
  return { see: (each) => each.type === type && found(performance.now()), seen };
}
