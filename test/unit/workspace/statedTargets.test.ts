import assert from 'node:assert/strict';
import fc from 'fast-check';
import { statedTargets } from '../../../src/workspace/statedTargets';
import { native } from '../../support/paths';

const shop = { name: 'shop', path: native('/work space/shop') };
const blog = { name: 'blog', path: native('/elsewhere/blog') };
const read = (value: unknown): ReturnType<typeof statedTargets> =>
  statedTargets(value, shop, [shop, blog]);

describe('statedTargets', () => {
  it('takes relative paths from the workspace folder', () => {
    const { targets, invalid } = read([{ database: 'data/app.db', migrations: './migrations/' }]);
    assert.deepEqual(targets, [
      {
        database: native('/work space/shop/data/app.db'),
        folders: [native('/work space/shop/migrations')],
      },
    ]);
    assert.deepEqual(invalid, []);
  });

  it('knows ${workspaceFolder}, also by name, and absolute paths', () => {
    const { targets } = read([
      {
        database: '${workspaceFolder}/app.db',
        migrations: [native('/a/b'), '${workspaceFolder:blog}/db', '../up'],
        format: 'dbmate',
      },
    ]);
    assert.deepEqual(targets, [
      {
        database: native('/work space/shop/app.db'),
        folders: ['/a/b', '/elsewhere/blog/db', '/work space/up'].map(native),
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

  it('takes no URL for a path: it may have a password', () => {
    const { targets, invalid } = read([
      { database: 'postgres://user:secret@host/db', migrations: 'm' },
      { database: ' sqlite://user:secret@host/x.db', migrations: 'm' },
      { database: 'a.db', migrations: 'ssh://user:secret@host/m' },
    ]);
    assert.deepEqual([targets, invalid], [[], [1, 2, 3]]);
  });

  it('takes no more than anybody writes by hand', () => {
    const good = { database: 'a.db', migrations: 'm' };
    const { targets, invalid } = read(Array.from({ length: 100_000 }, () => good));
    assert.deepEqual([targets.length, invalid], [100, [101]]);
    assert.deepEqual(
      read([
        { database: 'a'.repeat(5000), migrations: 'm' },
        { database: 'a.db', migrations: Array.from({ length: 1000 }, () => 'm') },
      ]).invalid,
      [1, 2],
    );
  });

  it('survives whatever a settings file holds', () => {
    fc.assert(
      fc.property(fc.anything(), fc.array(fc.object()), (value, entries) => {
        for (const each of [value, entries, [{ database: value, migrations: entries }]]) {
          const { targets, invalid } = read(each);
          assert.equal(targets.length + invalid.length, Array.isArray(each) ? each.length : 0);
        }
      }),
    );
  });

  it('takes anything but a list as nothing', () => {
    for (const value of [undefined, null, 'x', 3, {}]) {
      assert.deepEqual(read(value), { targets: [], invalid: [] });
    }
  });
});
