import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { FileSentinelLock } from '../../src/lock/fileSentinelLock';
import type { Trap } from './support/sentinelProcess';
import { SentinelProcess } from './support/sentinelProcess';
import { LockFolder, deadPid } from '../support/lockFixtures';

const owner = { kind: 'terminal', version: '1' } as const;

describe('a holder that is killed', () => {
  let folder: LockFolder;
  let child: SentinelProcess;
  const lock = new FileSentinelLock();
  beforeEach(() => (folder = new LockFolder()));
  afterEach(async () => {
    await child.kill();
    folder.remove();
  });

  it('is replaced at once, and named', async () => {
    child = new SentinelProcess({ database: folder.database });
    const { holder } = await child.call('acquire');
    assert.equal((await lock.tryAcquire(folder.database, owner)).held, undefined);
    await child.kill();
    assert.deepEqual(await lock.inspect(folder.database), { kind: 'stale', holder });
    const got = await lock.tryAcquire(folder.database, owner);
    assert.ok(got.held);
    assert.deepEqual(got.tookOver, { holder });
    await got.held.release();
    assert.deepEqual(readdirSync(folder.path), []);
  });

  for (const only of ['changes', 'writes'] as const) {
    const torn = only === 'writes';
    const when = torn ? 'in the middle of writing a file' : 'before any file operation';
    it(`leaves nothing that stops the next one: ${when}`, async () => {
      const died = await everyTrap((at) => run({ at, signal: 'SIGKILL', only, torn }));
      assert.ok(died >= (torn ? 4 : 15), `died ${died} times`);
    });

    it(`… also while it takes over from another dead one: ${when}`, async () => {
      const pid = deadPid();
      const leave = (): unknown => folder.leave({ pid, started: 'long ago' });
      const died = await everyTrap((at) => run({ at, signal: 'SIGKILL', only, torn }, leave));
      assert.ok(died >= (torn ? 5 : 20), `died ${died} times`);
    });
  }

  /** @returns whether the child died on the way */
  async function run(trap: Trap, prepare?: () => unknown): Promise<boolean> {
    prepare?.();
    child = new SentinelProcess({ database: folder.database });
    const work = (async () => {
      await child.call('trap', trap);
      assert.ok((await child.call('acquire')).got);
      await child.call('progress', 1);
      await child.call('release');
      return 'done' as const;
    })();
    const ended = await Promise.race([work, child.ended]);
    if (ended === 'done') {
      await child.kill();
      return false;
    }
    const got = await lock.tryAcquire(folder.database, owner);
    assert.ok(got.held, `not free after dying at ${trap.at}: ${readdirSync(folder.path)}`);
    await got.held.release();
    const left = readdirSync(folder.path);
    assert.deepEqual(left, [], `left after dying at ${trap.at}`);
    folder.remove();
    folder = new LockFolder();
    return true;
  }
});

/** @returns how often the child died before it came to the end */
async function everyTrap(run: (at: number) => Promise<boolean>): Promise<number> {
  for (let at = 1; ; at++) {
    if (!(await run(at))) {
      return at - 1;
    }
  }
}
