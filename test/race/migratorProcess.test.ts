import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import type { RunEvent } from '../../src/core/run/runEvents';
import { MigratorClient } from '../../src/migrator/client';
import { Scratch } from '../support/scratch';
import { slowMigrations } from '../support/slowStep';
import { until } from '../support/until';

describe('the migrator process of a window', () => {
  let scratch: Scratch;
  let clients: MigratorClient[];

  beforeEach(() => {
    scratch = new Scratch();
    clients = [];
  });
  afterEach(() => {
    clients.forEach((client) => client.dispose());
    scratch.dispose();
  });

  const start = (): MigratorClient => {
    const client = new MigratorClient({
      modulePath: resolve('dist/migrator.js'),
      log: (level, message) => level !== 'debug' && console.log(level, message),
    });
    clients.push(client);
    return client;
  };

  /** Starts a run and waits until its slow step runs. */
  const startSlow = async (client: MigratorClient, token?: CancellationTokenSource['token']) => {
    const events: RunEvent[] = [];
    const request = scratch.request({ transaction: 'each' });
    const result = client.ask('run', request, {
      onEvents: (batch) => events.push(...batch),
      token,
    });
    result.catch(() => undefined);
    await until(() =>
      events.some((e) => e.type === 'stepStarted' && e.migration.id === '002_slow'),
    );
    return { result, events };
  };

  it('lets a debugger attach where LOCKSTEP_INSPECT names a port, and only there', async () => {
    const said: string[] = [];
    for (const port of [undefined, 'yes', '0']) {
      const client = new MigratorClient({
        modulePath: resolve('dist/migrator.js'),
        log: (_level, message) => said.push(message),
      });
      clients.push(client);
      const env = process.env as { LOCKSTEP_INSPECT?: string };
      try {
        env.LOCKSTEP_INSPECT = port ?? '';
        await client.ask('lock', scratch.request().target);
      } finally {
        delete env.LOCKSTEP_INSPECT;
      }
      if (port === '0') {
        await until(() =>
          said.some((line) => line.includes('Debugger listening on ws://127.0.0.1:')),
        );
      } else {
        assert.ok(!said.some((line) => line.includes('Debugger')), said.join('\n'));
      }
    }
  });

  it('answers while a statement runs, and cancels it within a second', async () => {
    scratch.migrate(slowMigrations());
    const client = start();
    const source = new CancellationTokenSource();
    const { result } = await startSlow(client, source.token);
    const pid = client.pid;
    await until(async () => {
      const lock = await client.ask('lock', scratch.request().target);
      return lock.kind === 'held' && lock.mine && lock.holder?.progress?.migration === '002_slow';
    });

    const start_ = performance.now();
    source.cancel();
    const { outcome, applied, interrupted, remaining } = await result;
    const took = performance.now() - start_;
    assert.equal(outcome, 'cancelled');
    assert.deepEqual(
      applied.map(({ migration }) => migration.id),
      ['001_big'],
    );
    assert.equal(interrupted?.id, '002_slow');
    assert.deepEqual(
      remaining.map(({ id }) => id),
      ['002_slow', '003_after'],
    );
    assert.ok(took < 10_000, `${took}`);
    assert.ok(!existsSync(`${scratch.database}.lock`));

    scratch.migrate({ '002_slow': 'INSERT INTO big VALUES (2);' });
    const again = await client.ask('run', scratch.request());
    assert.equal(again.outcome, 'done', JSON.stringify(again));
    assert.notEqual(client.pid, pid);
    assert.deepEqual(scratch.values('SELECT i FROM big'), [2]);
  });

  it('lets one run go on when another, of another database, is cancelled', async () => {
    scratch.migrate(slowMigrations(60_000_000));
    const other = new Scratch().migrate(slowMigrations());
    try {
      const client = start();
      const source = new CancellationTokenSource();
      const cancelled = await startSlow(client, source.token);
      const goesOn = client.ask('run', other.request());
      await until(async () => (await client.ask('lock', other.request().target)).kind === 'held');
      source.cancel();
      const looks = Array.from({ length: 50 }, () => client.ask('status', other.request().target));
      assert.equal((await cancelled.result).outcome, 'cancelled');
      await Promise.all(looks);
      const { outcome, error } = await goesOn;
      assert.equal(outcome, 'done', JSON.stringify(error));
      assert.deepEqual(other.versions(), ['001', '002', '003']);
    } finally {
      other.dispose();
    }
  });

  it('is replaced at once after kill -9, by another window and by its own', async () => {
    scratch.migrate(slowMigrations());
    const client = start();
    const { result } = await startSlow(client);
    let crashed = 0;
    client.onDidCrash(() => crashed++);
    process.kill(client.pid!, 'SIGKILL');
    await assert.rejects(result, { code: 'migrator.crashed' });
    assert.equal(crashed, 1);

    scratch.migrate({ '002_slow': 'INSERT INTO big VALUES (2);' });
    const events: RunEvent[] = [];
    const next = await start().ask('run', scratch.request(), {
      onEvents: (batch) => events.push(...batch),
    });
    assert.equal(next.outcome, 'done', JSON.stringify(next));
    assert.ok(events.some(({ type }) => type === 'tookOver'));
    assert.deepEqual(scratch.values('SELECT i FROM big'), [2]);
    assert.equal((await client.ask('status', scratch.request().target)).pending.length, 0);
  });

  it('shows the waiter who works and how far, and the waiter ends with success', async () => {
    scratch.migrate(slowMigrations(10_000_000));
    const first = start();
    const second = start();
    // Its process is there before the slow step begins, or that could be over first.
    await second.ask('status', scratch.request().target);
    const slow = await startSlow(first);
    const events: RunEvent[] = [];
    const waiting = second.ask('run', scratch.request(), {
      onEvents: (batch) => events.push(...batch),
    });
    await until(() =>
      events.some((e) => e.type === 'waiting' && e.holder?.progress?.migration === '002_slow'),
    );
    const [winner, loser] = await Promise.all([slow.result, waiting]);
    assert.deepEqual([winner.outcome, loser.outcome], ['done', 'done']);
    assert.deepEqual(loser.applied, []);
    assert.deepEqual(
      loser.alreadyApplied.map(({ id }) => id),
      ['002_slow', '003_after'],
    );
    assert.equal(loser.holder?.pid, first.pid);
    assert.deepEqual(scratch.versions(), ['001', '002', '003']);
  });

  it('answers a look that it was killed under from a new process', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    const client = start();
    const { target } = scratch.request();
    await client.ask('status', target);
    const pid = client.pid!;
    const asked = client.ask('status', target);
    process.kill(pid, 'SIGKILL');
    assert.equal((await asked).pending.length, 1);
    assert.notEqual(client.pid, pid);
  });

  it('rejects what is under way when it is let go, and frees the database', async () => {
    scratch.migrate(slowMigrations());
    const client = start();
    const { result } = await startSlow(client);
    const pid = client.pid!;
    client.dispose();
    await assert.rejects(result, { code: 'migrator.crashed' });
    await until(() => !lives(pid));
    assert.ok(!existsSync(`${scratch.database}.lock`));
  });

  it('goes when its window is killed, and frees the database', async () => {
    scratch.migrate(slowMigrations());
    const window = fork(resolve('out/test/race/support/window.js'), [
      JSON.stringify(scratch.request()),
    ]);
    const pid = await new Promise<number>((told) =>
      window.once('message', (m) => told(m as number)),
    );
    window.kill('SIGKILL');
    await until(() => !lives(pid));
    scratch.migrate({ '002_slow': 'INSERT INTO big VALUES (2);' });
    const next = await start().ask('run', scratch.request());
    assert.equal(next.outcome, 'done');
    assert.deepEqual(scratch.values('SELECT i FROM big'), [2]);
  });
});

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
