import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync, rmdirSync, statSync, unlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileSentinelLock } from '../../src/lock/fileSentinelLock';
import type { SentinelHandle } from '../../src/lock/sentinelLock';
import { LockFolder } from '../support/lockFixtures';
import type { ChildOptions } from './support/sentinelProcess';
import { SentinelProcess } from './support/sentinelProcess';

const owner = { kind: 'terminal', version: '1' } as const;

describe('a holder in another process', () => {
  let folder: LockFolder;
  let child: SentinelProcess;
  let lock: FileSentinelLock;
  beforeEach(() => {
    folder = new LockFolder();
    lock = new FileSentinelLock();
  });
  afterEach(async () => {
    await child?.kill();
    folder.remove();
  });

  function start(options: Partial<ChildOptions> = {}): SentinelProcess {
    return (child = new SentinelProcess({ database: folder.database, ...options }));
  }

  async function take(staleMs: number): Promise<SentinelHandle> {
    for (;;) {
      const { held } = await lock.tryAcquire(folder.database, owner, staleMs);
      if (held) {
        return held;
      }
      await sleep(5);
    }
  }

  describe('on this machine', () => {
    it('stays the holder while it is stopped, however long it is silent', async () => {
      start();
      const { holder } = await child.call('acquire');
      child.signal('SIGSTOP');
      await sleep(20);
      const got = await lock.tryAcquire(folder.database, owner, 1);
      assert.deepEqual(got, { holder });
      const state = await new FileSentinelLock({ staleMs: 1 }).inspect(folder.database);
      assert.deepEqual(state, { kind: 'held', holder, mine: false });
      child.signal('SIGCONT');
      await child.call('release');
      assert.deepEqual(readdirSync(folder.path), []);
    });

    it('is not removed by Break Lock unless a person insists, and learns that it was', async () => {
      start({ heartbeatMs: 1000 });
      const { holder } = await child.call('acquire');
      await assert.rejects(lock.break(folder.database, false), {
        code: 'lock.live',
        params: { pid: child.pid },
      });
      assert.ok(existsSync(folder.sentinel));
      const removed = await lock.break(folder.database, true);
      assert.deepEqual(removed, { kind: 'held', holder, mine: false });
      assert.deepEqual(readdirSync(folder.path), []);
      const held = await take(60_000);
      while (!(await child.call('lost')).lost) {
        await sleep(20);
      }
      await child.call('progress', 3);
      await child.call('release');
      await child.call('releaseNow');
      assert.deepEqual(await child.call('lost'), { lost: true, losses: 1 });
      assert.deepEqual(await lock.inspect(folder.database), {
        kind: 'held',
        holder: held.holder,
        mine: true,
      });
      await held.release();
      assert.deepEqual(readdirSync(folder.path), []);
    });

    it('puts its card back when somebody deletes it', async () => {
      start({ heartbeatMs: 1000 });
      const { holder } = await child.call('acquire');
      unlinkSync(folder.card);
      assert.deepEqual(await lock.inspect(folder.database), {
        kind: 'held',
        holder: undefined,
        mine: false,
      });
      while (!existsSync(folder.card)) {
        await sleep(20);
      }
      assert.deepEqual(await lock.inspect(folder.database), {
        kind: 'held',
        holder,
        mine: false,
      });
    });

    it('loses nothing but its order when the sentinel is deleted', async () => {
      start();
      await child.call('acquire');
      rmdirSync(folder.sentinel);
      assert.deepEqual(await lock.inspect(folder.database), { kind: 'free' });
      const held = await take(60_000);
      await child.call('progress', 1);
      await child.call('release');
      const state = await lock.inspect(folder.database);
      assert.ok(state.kind === 'held' && state.mine);
      await held.release();
      assert.deepEqual(readdirSync(folder.path), []);
    });
  });

  describe('on another machine', () => {
    const identity = { machine: 'a container' };

    it('is believed while it gives signs of life', async () => {
      start({ identity, heartbeatMs: 1000 });
      const { holder } = await child.call('acquire');
      const pulse = (): number => statSync(folder.sentinel).mtimeMs;
      const first = pulse();
      assert.deepEqual(await lock.tryAcquire(folder.database, owner, 60_000), { holder });
      while (pulse() === first) {
        await sleep(20);
      }
      assert.deepEqual(await lock.tryAcquire(folder.database, owner, 60_000), { holder });
      await assert.rejects(lock.break(folder.database, false), {
        code: 'lock.live',
        params: { pid: child.pid, host: holder!.host },
      });
    });

    it('is replaced when it has been silent; when it comes back it removes nothing', async () => {
      start({ identity, heartbeatMs: 1000 });
      const { holder } = await child.call('acquire');
      child.signal('SIGSTOP');
      const held = await take(1_500);
      assert.notEqual(held.holder.token, holder?.token);
      child.signal('SIGCONT');
      await child.call('progress', 5);
      await child.call('release');
      assert.deepEqual(await child.call('lost'), { lost: true, losses: 1 });
      const state = await lock.inspect(folder.database);
      assert.deepEqual(state, { kind: 'held', holder: held.holder, mine: true });
      assert.equal(held.lost, false);
      await held.release();
      assert.deepEqual(readdirSync(folder.path), []);
    });
  });

  describe('as a process', () => {
    it('keeps its signals to itself and dies of them as ever', async () => {
      start();
      assert.deepEqual(await child.call('signals'), []);
      await child.call('acquire');
      assert.deepEqual(await child.call('signals'), []);
      child.signal('SIGTERM');
      assert.deepEqual(await child.ended, { code: null, signal: 'SIGTERM' });
      assert.equal((await lock.inspect(folder.database)).kind, 'stale');
    });

    it('gives the lock back when it exits', async () => {
      start();
      await child.call('acquire');
      void child.call('exit', 7);
      assert.deepEqual(await child.ended, { code: 7, signal: null });
      assert.deepEqual(readdirSync(folder.path), []);
    });

    it('is not kept alive by it', async () => {
      start();
      await child.call('acquire');
      await child.call('progress', 1);
      void child.call('letGo');
      assert.deepEqual(await child.ended, { code: 0, signal: null });
      assert.deepEqual(readdirSync(folder.path), []);
    });

    it('gets the refusal of a folder it may not write in', async () => {
      chmodSync(folder.path, 0o555);
      start();
      if (process.getuid?.() === 0) {
        await child.call('becomeNobody');
      }
      await assert.rejects(child.call('acquire'), { code: 'EACCES' });
      chmodSync(folder.path, 0o755);
      assert.deepEqual(readdirSync(folder.path), []);
    });
  });
});
