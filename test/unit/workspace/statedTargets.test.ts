import assert from 'node:assert/strict';
import { statedTargets } from '../../../src/workspace/statedTargets';

const shop = { name: 'shop', path: '/work space/shop' };
const blog = { name: 'blog', path: '/elsewhere/blog' };
const read = (value: unknown): ReturnType<typeof statedTargets> =>
  statedTargets(value, shop, [shop, blog]);

describe('statedTargets', () => {
  it('takes relative paths from the workspace folder', () => {
    const { targets, invalid } = read([{ database: 'data/app.db', migrations: './migrations/' }]);
    assert.deepEqual(targets, [
      { database: '/work space/shop/data/app.db', folders: ['/work space/shop/migrations'] },
    ]);
    assert.deepEqual(invalid, []);
  });

  it('knows ${workspaceFolder}, also by name, and absolute paths', () => {
    const { targets } = read([
      {
        database: '${workspaceFolder}/app.db',
        migrations: ['/a/b', '${workspaceFolder:blog}/db', '../up'],
        format: 'dbmate',
      },
    ]);
    assert.deepEqual(targets, [
      {
        database: '/work space/shop/app.db',
        folders: ['/a/b', '/elsewhere/blog/db', '/work space/up'],
        format: 'dbmate',
      },
    ]);
  });

  it('leaves out and counts what it cannot understand', () => {
    const good = { database: 'a.db', migrations: 'm' };
    const { targets, invalid } = read([
      null,
      'a.db',
      good,
      { database: 'a.db' },
      { migrations: 'm' },
      { database: 'a.db', migrations: [] },
      { database: 7, migrations: 'm' },
      { database: 'a\0.db', migrations: 'm' },
      { ...good, format: 'flyway' },
    ]);
    assert.equal(targets.length, 1);
    assert.deepEqual(invalid, [1, 2, 4, 5, 6, 7, 8, 9]);
  });

  it('takes anything but a list as nothing', () => {
    for (const value of [undefined, null, 'x', 3, {}]) {
      assert.deepEqual(read(value), { targets: [], invalid: [] });
    }
  });
});
