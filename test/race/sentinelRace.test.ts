import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LockFolder, deadPid } from '../support/lockFixtures';
import type { RaceOrder, RaceReport } from './support/sentinelRacer';

const rounds = 6;

describe('twenty processes', () => {
  let folder: LockFolder;
  let inside: string;
  let racers: ChildProcess[];
  beforeEach(() => {
    folder = new LockFolder();
    inside = join(folder.path, 'inside');
    mkdirSync(inside);
    racers = Array.from({ length: 20 }, () => racer());
  });
  afterEach(() => {
    racers.forEach((child) => child.kill('SIGKILL'));
    folder.remove();
  });

  it('and a lock left by a dead one: one after another gets in, and each of them does', async () => {
    const pid = deadPid();
    for (let round = 0; round < rounds; round++) {
      folder.leave({ pid, started: 'long ago' });
      const reports = await Promise.all(racers.map((child) => go(child)));
      assert.deepEqual(
        reports.flatMap((report) => report!.others),
        [],
      );
      assert.ok(!reports.some((report) => report!.lost));
      assertClean();
    }
  });

  it('of which one after another dies with the lock', async () => {
    for (let round = 0; round < rounds; round++) {
      const reports = await Promise.all(racers.map((child, i) => go(child, i < 3)));
      assert.equal(reports.filter((report) => !report).length, 3);
      assert.deepEqual(
        reports.flatMap((report) => report?.others ?? []),
        [],
      );
      racers = racers.map((child) => (child.signalCode === null ? child : racer()));
      // Perhaps the last one died holding it.
      await go(racers[19]);
      assertClean();
    }
  });

  function assertClean(): void {
    assert.deepEqual(readdirSync(folder.path), ['inside']);
    assert.deepEqual(readdirSync(inside), []);
  }

  /** @returns undefined when it died */
  async function go(child: ChildProcess, die = false): Promise<RaceReport | undefined> {
    const report = await new Promise<RaceReport | undefined>((resolve) => {
      child.removeAllListeners('message').removeAllListeners('exit');
      child.once('message', resolve).once('exit', () => resolve(undefined));
      child.send({ database: folder.database, inside, die } satisfies RaceOrder);
    });
    assert.ok(report || die);
    return report;
  }
});

function racer(): ChildProcess {
  return fork(join(__dirname, 'support/sentinelRacer.js'), { execArgv: [] });
}
