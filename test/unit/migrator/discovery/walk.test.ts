import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { Budget, searchLimits, walk } from '../../../../src/migrator/discovery/walk';
import { findCandidates } from '../../../../src/migrator/discovery/discover';
import { slashed } from '../../../support/paths';

describe('walk', () => {
  let root: string;
  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'lockstep-walk-')));
  });
  afterEach(() => rm(root, { recursive: true }));

  const write = async (name: string, size = 0): Promise<void> => {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), Buffer.alloc(size));
  };
  const unhurried = { ...searchLimits, ms: 60_000 };
  const listed = async (
    exclude: readonly string[] = [],
    roots: readonly string[] = [root],
    limits = unhurried,
  ): Promise<{ files: string[]; exceeded: boolean }> => {
    const budget = new Budget(limits);
    const folders = await walk(roots, exclude, budget);
    const files = folders.flatMap(({ path, files: names }) =>
      names.map((name) => slashed(relative(root, join(path, name)))),
    );
    return { files: files.sort(), exceeded: budget.exceeded };
  };

  it('passes over folders of tools and excluded ones', async () => {
    for (const name of [
      'a.db',
      'node_modules/b.db',
      'x/.git/c.db',
      '.lockstep/d',
      'out/e',
      'x/f',
    ]) {
      await write(name);
    }
    assert.deepEqual((await listed()).files, ['a.db', 'out/e', 'x/f']);
    assert.deepEqual((await listed(['out', '**/*.db'])).files, ['x/f']);
  });

  it('lists regular files only, and links to them', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    await write('real.db');
    execFileSync('mkfifo', [join(root, 'pipe.db')]);
    await symlink('real.db', join(root, 'link.db'));
    await symlink('pipe.db', join(root, 'linked-pipe.db'));
    await symlink('nowhere', join(root, 'broken.db'));
    assert.deepEqual((await listed()).files, ['link.db', 'real.db']);
  });

  it('follows linked folders once and never in circles', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    await write('ws/a/x.db');
    await write('shared/y.db');
    const workspace = join(root, 'ws');
    await symlink('..', join(workspace, 'a', 'up'));
    await symlink('.', join(workspace, 'self'));
    await symlink('../..', join(workspace, 'a', 'above'));
    await symlink('../shared', join(workspace, 'one'));
    await symlink('../shared', join(workspace, 'two'));
    await symlink('.', join(root, 'shared', 'loop'));
    assert.deepEqual((await listed([], [workspace])).files, ['ws/a/x.db', 'ws/one/y.db']);
  });

  it('lists a root inside another once', async () => {
    await write('a/x.db');
    assert.deepEqual((await listed([], [root, join(root, 'a')])).files, ['a/x.db']);
  });

  it('stops at the limit with the shallow files listed, and says so', async () => {
    for (const name of ['1', '2', 'a/3', 'a/b/4']) {
      await write(name);
    }
    const limited = await listed([], [root], { ...unhurried, files: 3 });
    assert.deepEqual(limited, { files: ['1', '2', 'a/3'], exceeded: true });
    assert.equal((await listed([], [root], { ...unhurried, files: 4 })).exceeded, false);
    assert.deepEqual(await listed([], [root], { ...unhurried, ms: 0 }), {
      files: [],
      exceeded: true,
    });
  });

  it('survives a missing root and a cancelled search', async () => {
    assert.deepEqual((await listed([], [join(root, 'gone')])).files, []);
    const budget = new Budget(searchLimits, AbortSignal.abort());
    await assert.rejects(walk([root], [], budget), { name: 'AbortError' });
  });

  describe('findCandidates', () => {
    const candidates = async (): Promise<string[]> => {
      const budget = new Budget(unhurried);
      const found = await findCandidates(await walk([root], [], budget), budget);
      return found.map(
        ({ path, empty }) => slashed(relative(root, path)) + (empty ? ' (empty)' : ''),
      );
    };
    it('by name, then by size', async () => {
      await write('app.db', 1024);
      await write('fresh.sqlite3', 0);
      await write('store', 4096);
      await write('store.dat', 8192);
      await write('odd.db', 1000);
      await write('odd', 513);
      await write('small', 0);
      await write('code.ts', 1024);
      await write('app.db-wal', 1024);
      await write('app.db-shm', 32768);
      await write('app.db-journal', 512);
      assert.deepEqual(await candidates(), [
        'app.db',
        'fresh.sqlite3 (empty)',
        'store',
        'store.dat',
      ]);
    });
    it('a file with several names once', async function () {
      if (process.platform === 'win32') {
        this.skip();
      }
      await write('data/real.db', 512);
      await symlink('data/real.db', join(root, 'a.db'));
      assert.deepEqual(await candidates(), ['data/real.db']);
    });
  });
});
