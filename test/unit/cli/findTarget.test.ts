import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { findTarget } from '../../../src/cli/findTarget';
import type { DiscoveredTarget, Discovery } from '../../../src/migrator/protocol';
import { shortPath } from '../../../src/cli/output';
import { slashed } from '../../support/paths';

describe('findTarget', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'lockstep-target-')));
  });
  afterEach(() => rm(folder, { recursive: true }));

  type Pair = [folder: string, database: string, because?: DiscoveredTarget['because']];
  let searched: boolean;
  const find = async (
    flags: { database?: string; migrations?: string[] },
    pairs: Pair[] = [],
    more: Partial<Discovery> & { env?: Record<string, string>; wanted?: 'folders' } = {},
  ): Promise<string> => {
    searched = false;
    const targets = pairs.map(([set, database, because = 'history']) => ({
      folders: [join(folder, set)],
      database: join(folder, database),
      format: 'plain' as const,
      because,
    }));
    const { target, guessed } = await findTarget(
      { database: flags.database, migrations: flags.migrations ?? [] },
      { folder, env: more.env ?? {} },
      () => {
        searched = true;
        const found = { targets, unsupported: [], unpaired: [], incomplete: false, ...more };
        return Promise.resolve(found);
      },
      more.wanted,
    );
    const folders = target.folders.map((path) => slashed(relative(folder, path))).join('+');
    return `${slashed(relative(folder, target.database))} ${folders}${guessed ? ' guessed' : ''}`;
  };

  it('by flags alone, without a search', async () => {
    assert.equal(await find({ database: 'a.db', migrations: ['m', 'n'] }), 'a.db m+n');
    assert.equal(searched, false);
    assert.equal(await find({ database: 'a.db', migrations: ['m', './m/', 'n'] }), 'a.db m+n');
  });

  it('by DATABASE_URL and dbmate’s folder, without a search', async () => {
    await mkdir(join(folder, 'db', 'migrations'), { recursive: true });
    await writeFile(join(folder, '.env'), 'DATABASE_URL=sqlite:db/a.db');
    assert.equal(await find({}), 'db/a.db db/migrations');
    assert.equal(searched, false);
    assert.equal(await find({ migrations: ['m'] }), 'db/a.db m');
    assert.equal(await find({ database: 'b.db' }), 'b.db db/migrations');
    const env = { DATABASE_URL: 'sqlite:c.db', DBMATE_MIGRATIONS_DIR: 'x,y' };
    assert.equal(await find({}, [], { env }), 'c.db x+y', 'the environment overrides the file');
    const postgres = { DATABASE_URL: 'postgres://x' };
    assert.equal(await find({}, [['m', 'd.db']], { env: postgres }), 'd.db m');
  });

  it('by search', async () => {
    assert.equal(await find({}, [['m', 'a.db']]), 'a.db m');
    assert.equal(await find({}, [['m', 'a.db', 'create']]), 'a.db m guessed');
    const two: Pair[] = [
      ['m', 'a.db'],
      ['n', 'b.db'],
    ];
    assert.equal(await find({ database: 'b.db' }, two), 'b.db n');
    assert.equal(await find({ migrations: ['m'] }, two), 'a.db m');
  });

  it('a database that is named is the one for the only migrations here', async () => {
    assert.equal(await find({ database: 'new.db' }, [['m', 'm.db', 'create']]), 'new.db m');
  });

  it('migrations that are named go with the only database here', async () => {
    const unpaired = [join(folder, 'x.db')];
    assert.equal(await find({ migrations: ['m'] }, [], { unpaired }), 'x.db m');
  });

  it('lists several with the flags that choose', async () => {
    const pairs: Pair[] = [
      ['m', 'a.db'],
      ['m', 'b c.db'],
    ];
    await assert.rejects(find({}, pairs), (error: { params: { databases: string } }) => {
      assert.match(error.params.databases, /--database \S*a\.db, --database ".*b c\.db"$/);
      return true;
    });
    assert.equal(await find({}, pairs, { wanted: 'folders' }), 'a.db m', 'enough for a new file');
    const folders: Pair[] = [
      ['m', 'm.db', 'create'],
      ['n', 'n.db', 'create'],
    ];
    await assert.rejects(find({ database: 'a.db' }, folders), {
      code: 'target.several',
      params: {
        databases: ['m', 'n']
          .map(
            (set) =>
              `--database ${shortPath(join(folder, 'a.db'))} --migrations ${shortPath(join(folder, set))}`,
          )
          .join(', '),
      },
    });
  });

  it('finds nothing', async () => {
    await assert.rejects(find({}), { code: 'target.none', params: {} });
    await assert.rejects(find({}, [], { incomplete: true }), { params: { incomplete: 1 } });
    const unsupported = [{ folder: '/m', layout: 'goose' }];
    await assert.rejects(find({}, [], { unsupported }), {
      code: 'migrations.layout',
      params: { folder: '/m', layout: 'goose' },
    });
  });
});
