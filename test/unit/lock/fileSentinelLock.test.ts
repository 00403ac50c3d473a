import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileSentinelLock } from '../../../src/lock/fileSentinelLock';
import { lockPaths, serializeCard } from '../../../src/lock/holderCard';
import type { SentinelHandle } from '../../../src/lock/sentinelLock';
import { LockFolder, deadPid, someHolder } from '../../support/lockFixtures';

const owner = { kind: 'window', workspace: 'shop', version: '1.2.3' } as const;
const elsewhere = { machine: 'a container', host: 'box' };

describe('FileSentinelLock', () => {
  let folder: LockFolder;
  let lock: FileSentinelLock;
  beforeEach(() => {
    folder = new LockFolder();
    lock = new FileSentinelLock();
  });
  afterEach(() => folder.remove());

  const files = (): string[] => readdirSync(folder.path).sort();

  async function take(staleMs?: number): Promise<SentinelHandle> {
    const { held } = await lock.tryAcquire(folder.database, owner, staleMs);
    assert.ok(held, `held by another; there are ${files()}`);
    return held;
  }

  async function assertHeld(staleMs?: number): Promise<void> {
    assert.equal((await lock.tryAcquire(folder.database, owner, staleMs)).held, undefined);
  }

  async function assertTakenAndFreed(staleMs?: number): Promise<void> {
    const held = await take(staleMs);
    assert.deepEqual(files(), ['app.db.lock', 'app.db.lock.json']);
    await held.release();
    assert.deepEqual(files(), []);
  }

  describe('by itself', () => {
    it('is taken once and given back without a trace', async () => {
      const held = await take();
      assert.deepEqual(files(), ['app.db.lock', 'app.db.lock.json']);
      assert.deepEqual(await lock.tryAcquire(folder.database, owner), { holder: held.holder });
      await held.release();
      await held.release();
      held.releaseNow();
      assert.equal(held.lost, false);
      assert.deepEqual(files(), []);
      await assertTakenAndFreed();
    });

    it('is given back at once by a process about to end', async () => {
      const held = await take();
      held.releaseNow();
      assert.deepEqual(files(), []);
    });

    it('tells who holds it', async () => {
      const held = await take();
      assert.deepEqual(await lock.inspect(folder.database), {
        kind: 'held',
        holder: held.holder,
        mine: true,
      });
      const { pid, kind, workspace, version, since } = held.holder;
      assert.deepEqual(
        { pid, kind, workspace, version },
        { pid: process.pid, kind: 'window', workspace: 'shop', version: '1.2.3' },
      );
      assert.ok(Date.now() - Date.parse(since) < 60_000);
      await held.release();
      assert.deepEqual(await lock.inspect(folder.database), { kind: 'free' });
    });

    it('tells how far the holder is; of many steps at once the last', async () => {
      const held = await take();
      for (let step = 1; step <= 100; step++) {
        held.progress({ direction: 'up', step, steps: 100, migration: `m${step}` });
      }
      for (;;) {
        const state = await lock.inspect(folder.database);
        assert.ok(state.kind === 'held' && state.holder);
        if (state.holder.progress) {
          assert.equal(state.holder.progress.step, 100);
          break;
        }
        await sleep(5);
      }
      await held.release();
      held.progress({ direction: 'up', step: 1, steps: 1, migration: 'late' });
      assert.deepEqual(files(), []);
    });

    it('is one for each database', async () => {
      const held = await take();
      const other = await lock.tryAcquire(`${folder.database}2`, owner);
      assert.ok(other.held);
      await held.release();
      assert.equal((await lock.inspect(`${folder.database}2`)).kind, 'held');
      await other.held.release();
      assert.deepEqual(files(), []);
    });

    it('is looked at without a trace', async () => {
      assert.deepEqual(await lock.inspect(folder.database), { kind: 'free' });
      assert.deepEqual(await lock.inspect(join(folder.path, 'no', 'such', 'folder')), {
        kind: 'free',
      });
      assert.deepEqual(await lock.inspect(join(folder.path, 'x'.repeat(300))), { kind: 'free' });
      assert.deepEqual(files(), []);
    });

    it('is not taken where there is no folder', async () => {
      const database = join(folder.path, 'none', 'app.db');
      await assert.rejects(lock.tryAcquire(database, owner), { code: 'ENOENT' });
    });
  });

  describe('after a dead holder', () => {
    it('is free at once', async () => {
      const holder = folder.leave({ pid: deadPid(), started: 'long ago' });
      assert.deepEqual(await lock.inspect(folder.database), { kind: 'stale', holder });
      const got = await lock.tryAcquire(folder.database, owner);
      assert.ok(got.held);
      assert.deepEqual(got.tookOver, { holder });
      await got.held.release();
      assert.deepEqual(files(), []);
    });

    it('is free at once when another program has its pid now', async () => {
      folder.leave({ started: 'before this process' });
      await assertTakenAndFreed();
    });

    it('is free whatever its card is dated', async () => {
      folder.leave({ pid: deadPid(), since: '2999-01-01T00:00:00.000Z' });
      const future = new Date('2999-01-01');
      utimesSync(folder.sentinel, future, future);
      await assertTakenAndFreed();
    });

    it('is free when only the card is left', async () => {
      const holder = someHolder({ pid: deadPid() });
      writeFileSync(folder.card, serializeCard({ holder, folder: '1-1' }));
      assert.deepEqual(await lock.inspect(folder.database), { kind: 'free' });
      const got = await lock.tryAcquire(folder.database, owner);
      assert.ok(got.held);
      assert.equal(got.tookOver, undefined);
      await got.held.release();
      assert.deepEqual(files(), []);
    });

    it('is free at once when it died between folder and card', async () => {
      const holder = someHolder({ pid: deadPid() });
      mkdirSync(folder.sentinel);
      writeFileSync(lockPaths(folder.database).draft(holder.token), serializeCard({ holder }));
      assert.deepEqual(await lock.inspect(folder.database), { kind: 'stale', holder: undefined });
      await (await take()).release();
      assert.deepEqual(files(), []);
    });

    it('is held while a living one is between folder and card', async () => {
      const holder = someHolder();
      mkdirSync(folder.sentinel);
      const draft = lockPaths(folder.database).draft(holder.token);
      writeFileSync(draft, serializeCard({ holder }));
      await assertHeld(0);
      unlinkSync(draft);
      await assertTakenAndFreed(0);
    });

    it('is free although a cleaner died at the work, and one after him', async () => {
      const left = folder.leave({ pid: deadPid(), started: 'long ago' });
      for (const generation of [0, 1]) {
        const holder = someHolder({ pid: deadPid() });
        const marker = lockPaths(folder.database).marker(left.token, generation);
        writeFileSync(marker, serializeCard({ holder }));
      }
      await assertTakenAndFreed();
    });

    it('is not touched while a living cleaner is at it', async () => {
      const left = folder.leave({ pid: deadPid(), started: 'long ago' });
      const marker = lockPaths(folder.database).marker(left.token, 0);
      writeFileSync(marker, serializeCard({ holder: someHolder() }));
      assert.deepEqual(await lock.tryAcquire(folder.database, owner), { holder: left });
      assert.ok(existsSync(folder.sentinel));
    });

    it('is swept of what the dead left, and of nothing else', async () => {
      const dead = serializeCard({ holder: someHolder({ pid: deadPid() }) });
      const token = someHolder().token;
      const paths = lockPaths(folder.database);
      for (const path of [
        paths.draft(token),
        paths.page(token),
        paths.claim(token),
        paths.marker(token, 0),
        paths.marker('77-1763000000', 3),
      ]) {
        writeFileSync(path, dead);
      }
      const kept = [
        paths.draft(someHolder().token), // written by somebody alive
        paths.draft('notes'),
        `${folder.sentinel}.by.hand`,
        join(folder.path, 'app.db.lock.json.md'),
      ];
      writeFileSync(kept[0], serializeCard({ holder: someHolder() }));
      kept.slice(1).forEach((path) => writeFileSync(path, dead));
      const torn = someHolder({ pid: deadPid() }).token; // died before it wrote a word
      writeFileSync(paths.claim(torn), '');
      kept.push(paths.claim(someHolder().token)); // about to write
      kept.push(paths.draft(someHolder({ ...elsewhere, pid: deadPid() }).token)); // who knows
      kept.slice(-2).forEach((path) => writeFileSync(path, ''));
      await (await take()).release();
      assert.deepEqual(files(), kept.map((path) => path.slice(folder.path.length + 1)).sort());
    });
  });

  it('is swept past what cannot be removed', async () => {
    const paths = lockPaths(folder.database);
    const holder = someHolder({ pid: deadPid() });
    mkdirSync(paths.claim(holder.token)); // looked at first: names come sorted
    writeFileSync(paths.draft(holder.token), serializeCard({ holder }));
    await (await take()).release();
    assert.deepEqual(files(), [`app.db.lock.claim.${holder.token}`]);
  });

  describe('held elsewhere', () => {
    it('is free after the stale time, counted by the file system for a first look', async () => {
      const holder = folder.leave(elsewhere);
      await assertHeld(60_000);
      assert.equal((await lock.inspect(folder.database)).kind, 'held');
      await sleep(40);
      lock = new FileSentinelLock({ staleMs: 30 });
      assert.deepEqual(await lock.inspect(folder.database), { kind: 'stale', holder });
      const got = await lock.tryAcquire(folder.database, owner);
      assert.ok(got.held);
      assert.deepEqual(got.tookOver, { holder });
      await got.held.release();
      assert.deepEqual(files(), []);
    });

    it('is free after the stale time although it is dated in the future', async () => {
      folder.leave({ ...elsewhere, since: '2999-01-01T00:00:00.000Z' });
      const future = new Date('2999-01-01');
      utimesSync(folder.sentinel, future, future);
      await assertHeld(60_000);
      while (!(await lock.tryAcquire(folder.database, owner, 30)).held) {
        await sleep(5);
      }
    });

    it('is not free because it is dated in the past', async () => {
      folder.leave({ ...elsewhere, since: '1999-01-01T00:00:00.000Z' });
      const past = new Date('1999-01-01');
      utimesSync(folder.sentinel, past, past);
      await assertHeld(60_000);
      assert.equal((await lock.inspect(folder.database)).kind, 'held');
    });

    it('is broken only by who insists while it is not silent', async () => {
      const holder = folder.leave(elsewhere);
      await assert.rejects(lock.break(folder.database, false), {
        code: 'lock.live',
        params: { pid: process.pid, host: 'box' },
      });
      assert.deepEqual(files(), ['app.db.lock', 'app.db.lock.json']);
      const removed = await lock.break(folder.database, true);
      assert.deepEqual(removed, { kind: 'held', holder, mine: false });
      assert.deepEqual(files(), []);
    });

    it('may be broken without insisting once it is silent', async () => {
      const holder = folder.leave(elsewhere);
      lock = new FileSentinelLock({ staleMs: 0 });
      assert.deepEqual(await lock.break(folder.database, false), { kind: 'stale', holder });
      assert.deepEqual(files(), []);
    });
  });

  describe('with something odd in its place', () => {
    it('is held by nobody knows whom without a card, until it was silent', async () => {
      mkdirSync(folder.sentinel);
      assert.deepEqual(await lock.tryAcquire(folder.database, owner, 60_000), {
        holder: undefined,
      });
      assert.deepEqual(await lock.inspect(folder.database), {
        kind: 'held',
        holder: undefined,
        mine: false,
      });
      await assert.rejects(lock.break(folder.database, false), { code: 'lock.live', params: {} });
      while (!(await lock.tryAcquire(folder.database, owner, 30)).held) {
        await sleep(5);
      }
    });

    const cards: readonly (readonly [string, string])[] = [
      ['garbage', 'I hold this'],
      ['an empty card', ''],
      ['a megabyte', '{"token":"'.padEnd(1 << 20, 'a')],
    ];
    for (const [what, text] of cards) {
      it(`is held, unknown, with ${what}; then taken and given back`, async () => {
        mkdirSync(folder.sentinel);
        writeFileSync(folder.card, text);
        await assertHeld(60_000);
        const state = await lock.inspect(folder.database);
        assert.deepEqual(state, { kind: 'held', holder: undefined, mine: false });
        await sleep(20);
        await assertTakenAndFreed(10);
      });

      it(`is free with ${what} but no folder`, async () => {
        writeFileSync(folder.card, text);
        assert.deepEqual(await lock.inspect(folder.database), { kind: 'free' });
        await assertTakenAndFreed();
      });
    }

    it('does not believe the card of another folder', async () => {
      const left = folder.leave();
      writeFileSync(folder.card, serializeCard({ holder: left, folder: '1-1' }));
      assert.deepEqual(await lock.inspect(folder.database), {
        kind: 'held',
        holder: undefined,
        mine: false,
      });
      await sleep(20);
      await assertTakenAndFreed(10);
    });

    it('refuses a file, and leaves it alone', async () => {
      writeFileSync(folder.sentinel, "some other tool's");
      await assert.rejects(lock.tryAcquire(folder.database, owner), { code: 'ENOTDIR' });
      await assert.rejects(lock.break(folder.database, true), {
        code: 'lock.stuck',
        params: {
          path: folder.sentinel,
          message: `ENOTDIR: not a folder, lstat '${folder.sentinel}'`,
        },
      });
      assert.deepEqual(await lock.inspect(folder.database), { kind: 'free' });
      assert.equal(readFileSync(folder.sentinel, 'utf8'), "some other tool's");
      assert.deepEqual(files(), ['app.db.lock']);
    });

    it('refuses a link to a folder, and leaves it alone', async function () {
      if (process.platform === 'win32') {
        this.skip();
      }
      mkdirSync(join(folder.path, 'precious'));
      symlinkSync(join(folder.path, 'precious'), folder.sentinel);
      await assert.rejects(lock.tryAcquire(folder.database, owner, 0), { code: 'ENOTDIR' });
      assert.deepEqual(files(), ['app.db.lock', 'precious']);
    });

    /** Somebody's file in the sentinel is kept, and the sentinel free. */
    async function assertMovedAside(): Promise<void> {
      const [aside, ...more] = files();
      assert.match(aside, /^app\.db\.lock\.aside\.[0-9a-f]{8}$/);
      assert.deepEqual(more, []);
      assert.equal(readFileSync(join(folder.path, aside, 'mine.txt'), 'utf8'), 'mine');
      await (await take(60_000)).release();
      assert.deepEqual(files(), [aside]);
    }

    it('is given back although somebody put a file into it, which is kept', async () => {
      const held = await take();
      writeFileSync(join(folder.sentinel, 'mine.txt'), 'mine');
      await held.release();
      await assertMovedAside();
    });

    it('is taken over although somebody put a file into it, which is kept', async () => {
      folder.leave({ pid: deadPid() });
      writeFileSync(join(folder.sentinel, 'mine.txt'), 'mine');
      await (await take()).release();
      await assertMovedAside();
    });

    it('refuses a folder with something in it that may be no lock, until a person says so', async () => {
      mkdirSync(folder.sentinel);
      writeFileSync(join(folder.sentinel, 'mine.txt'), 'mine');
      await assert.rejects(lock.tryAcquire(folder.database, owner, 0), { code: 'ENOTEMPTY' });
      assert.deepEqual(files(), ['app.db.lock']);
      await lock.break(folder.database, true);
      await assertMovedAside();
    });

    it('refuses a folder in the place of the card, and leaves no sentinel', async () => {
      mkdirSync(join(folder.card, 'in'), { recursive: true });
      await assert.rejects(lock.tryAcquire(folder.database, owner), (error: Error) =>
        /EISDIR|ENOTEMPTY|EEXIST|EPERM/.test(error.message),
      );
      assert.deepEqual(files(), ['app.db.lock.json']);
    });
  });

  describe('broken by a person', () => {
    it('is free; nothing to break is no error', async () => {
      assert.deepEqual(await lock.break(folder.database, false), { kind: 'free' });
      const holder = folder.leave({ pid: deadPid() });
      assert.deepEqual(await lock.break(folder.database, false), { kind: 'stale', holder });
      assert.deepEqual(files(), []);
    });

    it('is also free of a card without a folder', async () => {
      writeFileSync(folder.card, serializeCard({ holder: someHolder(), folder: '1-1' }));
      assert.deepEqual(await lock.break(folder.database, false), { kind: 'free' });
      assert.deepEqual(files(), []);
    });

    it('is refused for ourselves', async () => {
      const held = await take();
      await assert.rejects(lock.break(folder.database, false), { code: 'lock.live' });
      await held.release();
    });

    it('takes it from a holder here, who notices at the latest when giving it back', async () => {
      const losers: string[] = [];
      lock = new FileSentinelLock({ onLost: ({ token }) => losers.push(token) });
      const first = await take();
      await lock.break(folder.database, true);
      const second = await take();
      await first.release();
      assert.equal(first.lost, true);
      assert.deepEqual(losers, [first.holder.token]);
      assert.equal(second.lost, false);
      assert.deepEqual(files(), ['app.db.lock', 'app.db.lock.json']);
      await second.release();
      assert.deepEqual(files(), []);
    });
  });
});
