import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileSentinelLock } from '../../src/lock/fileSentinelLock';
import type { Acquired, Held } from '../../src/lock/sentinelLock';
import { LockFolder, deadPid } from '../support/lockFixtures';
import { SentinelProcess } from './support/sentinelProcess';

const owner = { kind: 'terminal', version: '1' } as const;

// Every place between two file operations of one process is a place where another can come in.
// The child is stopped at each of them in turn while this process does its best to get in.
describe('a process that is stopped in the middle', function () {
  before(function () {
    if (process.platform !== 'linux') {
      this.skip();
    }
  });

  const lock = new FileSentinelLock();
  let folder: LockFolder;
  let child: SentinelProcess;
  beforeEach(() => {
    folder = new LockFolder();
    child = new SentinelProcess({ database: folder.database });
  });
  afterEach(async () => {
    await child.kill();
    folder.remove();
  });

  const scenes: readonly (readonly [string, () => void])[] = [
    ['of taking a free lock', () => undefined],
    ['of a takeover', () => folder.leave({ pid: deadPid(), started: 'long ago' })],
  ];
  for (const [what, prepare] of scenes) {
    it(`${what} does not share the lock, nor lose it`, async () => {
      const outcomes = await everyStop(async (at) => {
        prepare();
        await child.call('trap', { at, signal: 'SIGSTOP' });
        const work = child.call('acquire');
        const stopped = await Promise.race([
          work.then(() => false),
          child.stopped().then(() => true),
        ]);
        const mine = await tryFor(5);
        child.signal('SIGCONT');
        const { got } = await work;
        assert.ok(!(got && mine.held), `both hold it after a stop at ${at}`);
        if (got || mine.held) {
          const state = await lock.inspect(folder.database);
          assert.equal(state.kind, 'held');
          assert.equal(state.kind === 'held' && state.mine, !got, `lost after a stop at ${at}`);
        }
        await child.call('trap');
        await child.call('release');
        await mine.held?.release();
        await assertFreeAndClean(`stopped at ${at}`);
        return stopped ? (mine.held ? 'theirs' : 'ours') : undefined;
      });
      assert.ok(outcomes.includes('theirs') && outcomes.includes('ours'), outcomes.join());
    });
  }

  it('of giving back does not remove its successor', async () => {
    const outcomes = await everyStop(async (at) => {
      assert.ok((await child.call('acquire')).got);
      await child.call('trap', { at, signal: 'SIGSTOP' });
      const work = child.call('release');
      const stopped = await Promise.race([
        work.then(() => false),
        child.stopped().then(() => true),
      ]);
      // While it has the marker of its own lock, nobody else may remove it; else a person might.
      if (stopped && !readdirSync(folder.path).some((name) => name.includes('.by.'))) {
        await lock.break(folder.database, true);
      }
      const mine = await tryFor(5);
      child.signal('SIGCONT');
      await work;
      await child.call('trap');
      if (mine.held) {
        const state = await lock.inspect(folder.database);
        assert.ok(state.kind === 'held' && state.mine, `lost after a stop at ${at}`);
        await mine.held.release();
      }
      await assertFreeAndClean(`stopped at ${at}`);
      return stopped ? (mine.held ? 'theirs' : 'ours') : undefined;
    });
    assert.ok(outcomes.includes('theirs') && outcomes.includes('ours'), outcomes.join());
  });

  it('of giving back does not take away the card of one who thought it was free', async () => {
    // The late one looked when nobody had it, and comes to create the folder only when its holder
    // has just removed his, with the card still to be removed.
    await child.call('trap', { at: 1, signal: 'SIGSTOP', operation: 'mkdirSync' });
    const late = child.call('acquire');
    await child.stopped();
    const holder = new SentinelProcess({ database: folder.database });
    try {
      assert.ok((await holder.call('acquire')).got);
      await holder.call('trap', { at: 2, signal: 'SIGSTOP', operation: 'unlinkSync' });
      const release = holder.call('release');
      await holder.stopped();
      assert.deepEqual(
        [folder.sentinel, folder.card].map((path) => existsSync(path)),
        [false, true],
      );
      child.signal('SIGCONT');
      assert.equal((await late).got, false);
      holder.signal('SIGCONT');
      await release;
      await holder.call('trap');
    } finally {
      await holder.kill();
    }
    await assertFreeAndClean('both have gone on');
  });

  async function tryFor(tries: number): Promise<Acquired | Held> {
    for (let tried = 1; ; tried++) {
      const got = await lock.tryAcquire(folder.database, owner);
      if (got.held || tried === tries) {
        return got;
      }
      await sleep(1);
    }
  }

  async function assertFreeAndClean(when: string): Promise<void> {
    const got = await lock.tryAcquire(folder.database, owner);
    assert.ok(got.held, `not free: ${when}`);
    await got.held.release();
    assert.deepEqual(readdirSync(folder.path), [], when);
  }
});

async function everyStop(run: (at: number) => Promise<string | undefined>): Promise<string[]> {
  const outcomes: string[] = [];
  for (let at = 1; ; at++) {
    const outcome = await run(at);
    if (!outcome) {
      return outcomes;
    }
    outcomes.push(outcome);
  }
}
