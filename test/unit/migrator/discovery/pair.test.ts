import assert from 'node:assert/strict';
import type {
  FoundDatabase,
  MigrationSet,
  ProjectEnv,
} from '../../../../src/migrator/discovery/migrationSets';
import { pair } from '../../../../src/migrator/discovery/pair';
import { native, slashed } from '../../../support/paths';

const shortNumbers = ['001', '002', '003'];
const stamps = ['20260101000000', '20260102000000'];

function set(folder: string, versions: readonly string[] = shortNumbers): MigrationSet {
  return {
    folders: [native(folder)],
    root: native('/w'),
    format: 'plain',
    historyTable: 'schema_migrations',
    versions,
    versionKey: (version) => String(Number(version)),
  };
}

/** Without versions: no history table. */
function database(path: string, versions?: readonly string[]): FoundDatabase {
  return {
    path: native(path),
    histories: new Map(versions ? [['schema_migrations', versions]] : []),
  };
}

function env(folder: string, path: string, migrations: readonly string[] = []): ProjectEnv {
  return { folder: native(folder), database: native(path), migrations: migrations.map(native) };
}

/** `folder → database (because)`, sorted, then the unpaired databases. */
function paired(
  sets: readonly MigrationSet[],
  databases: readonly FoundDatabase[],
  envs: readonly ProjectEnv[] = [],
): string[] {
  const say = (a: typeof sets, b: typeof databases): string[] => {
    const { targets, unpaired } = pair(a, b, envs);
    return [
      ...targets
        .map(
          ({ folders, database: path, because }) =>
            `${slashed(folders[0])} → ${slashed(path)} (${because})`,
        )
        .sort(),
      ...unpaired.map(slashed),
    ];
  };
  const result = say(sets, databases);
  assert.deepEqual(say([...sets].reverse(), [...databases].reverse()), result, 'any order');
  return result;
}

describe('pair', () => {
  it('by history, even where another database is nearer', () => {
    assert.deepEqual(
      paired(
        [set('/w/db/migrations', stamps)],
        [database('/w/db/near.db'), database('/w/data/x/app.db', stamps)],
      ),
      ['/w/db/migrations → /w/data/x/app.db (history)', '/w/db/near.db'],
    );
  });
  it('one folder may serve several databases', () => {
    assert.deepEqual(
      paired(
        [set('/w/migrations', stamps)],
        [database('/w/dev.db', stamps), database('/w/test.db', stamps.slice(0, 1))],
      ),
      ['/w/migrations → /w/dev.db (history)', '/w/migrations → /w/test.db (history)'],
    );
  });
  it('short numbers fit many folders: the nearest of them', () => {
    assert.deepEqual(
      paired(
        [set('/w/a/migrations'), set('/w/b/migrations')],
        [database('/w/a/app.db', ['1', '2', '3']), database('/w/b/app.db', ['001'])],
      ),
      ['/w/a/migrations → /w/a/app.db (history)', '/w/b/migrations → /w/b/app.db (history)'],
    );
  });
  it('the nearest loses to one that has what was applied', () => {
    assert.deepEqual(
      paired(
        [
          set('/w/demo/migrations', ['1', '2']),
          set('/w/packages/server/migrations', ['1', '2', '3', '4', '5', '6']),
        ],
        [database('/w/app.db', ['1', '2', '3', '4', '5', '6'])],
      ),
      [
        '/w/demo/migrations → /w/demo/demo.db (create)',
        '/w/packages/server/migrations → /w/app.db (history)',
      ],
    );
  });
  it('a missing file does not send a database to another folder', () => {
    assert.deepEqual(
      paired(
        [set('/w/a/migrations', ['1', '3']), set('/w/b/migrations')],
        [database('/w/a/app.db', ['1', '2', '3']), database('/w/b/app.db', ['1', '2', '3'])],
      ),
      ['/w/a/migrations → /w/a/app.db (history)', '/w/b/migrations → /w/b/app.db (history)'],
    );
  });
  it('git worktrees: each its own', () => {
    const trees = ['/w/main', '/w/feature'];
    assert.deepEqual(
      paired(
        trees.map((tree) => set(`${tree}/db/migrations`, stamps)),
        trees.map((tree) => database(`${tree}/app.db`, stamps)),
      ),
      [
        '/w/feature/db/migrations → /w/feature/app.db (history)',
        '/w/main/db/migrations → /w/main/app.db (history)',
      ],
    );
  });
  it('a history of other migrations is never paired by nearness', () => {
    assert.deepEqual(
      paired([set('/w/migrations', stamps)], [database('/w/app.db', ['20200101000000'])]),
      ['/w/migrations → /w/w.db (create)', '/w/app.db'],
    );
  });

  it('by DATABASE_URL, also where that file is missing', () => {
    assert.deepEqual(
      paired([set('/w/db/migrations')], [database('/w/db/other.db')], [env('/w', '/w/db/app.db')]),
      ['/w/db/migrations → /w/db/app.db (databaseUrl)', '/w/db/other.db'],
    );
  });
  it('history and DATABASE_URL: both are offered', () => {
    assert.deepEqual(
      paired(
        [set('/w/db/migrations', stamps)],
        [database('/w/old.db', stamps)],
        [env('/w', '/w/new.db')],
      ),
      ['/w/db/migrations → /w/new.db (databaseUrl)', '/w/db/migrations → /w/old.db (history)'],
    );
  });
  it('DATABASE_URL is about dbmate’s folder, or the named one, or the nearest, not all below', () => {
    const url = env('/w', '/w/app.db');
    assert.deepEqual(paired([set('/w/db/migrations'), set('/w/demo/migrations')], [], [url]), [
      '/w/db/migrations → /w/app.db (databaseUrl)',
      '/w/demo/migrations → /w/demo/demo.db (create)',
    ]);
    assert.deepEqual(
      paired([set('/w/sql'), set('/w/demo/migrations')], [], [env('/w', '/w/app.db', ['/w/sql'])]),
      ['/w/demo/migrations → /w/demo/demo.db (create)', '/w/sql → /w/app.db (databaseUrl)'],
    );
    assert.deepEqual(paired([set('/w/db/migrations'), set('/w/migrations')], [], [url]), [
      '/w/db/migrations → /w/app.db (databaseUrl)',
      '/w/migrations → /w/w.db (create)',
    ]);
    assert.deepEqual(paired([set('/w/migrations'), set('/w/demo/migrations')], [], [url]), [
      '/w/demo/migrations → /w/demo/demo.db (create)',
      '/w/migrations → /w/app.db (databaseUrl)',
    ]);
  });
  it('of two projects each has its own .env', () => {
    assert.deepEqual(
      paired(
        [set('/w/a/db/migrations'), set('/w/b/db/migrations')],
        [],
        [env('/w/a', '/w/a/a.sqlite'), env('/w/b', '/w/b/b.sqlite')],
      ),
      [
        '/w/a/db/migrations → /w/a/a.sqlite (databaseUrl)',
        '/w/b/db/migrations → /w/b/b.sqlite (databaseUrl)',
      ],
    );
  });

  it('by nearness, each the other’s nearest', () => {
    assert.deepEqual(
      paired([set('/w/a/migrations'), set('/w/b/migrations')], [database('/w/a/data/store.db')]),
      ['/w/a/migrations → /w/a/data/store.db (neighbour)', '/w/b/migrations → /w/b/b.db (create)'],
    );
  });
  it('of equally near ones the one with a fitting name', () => {
    assert.deepEqual(
      paired([set('/w/shop/migrations')], [database('/w/shop/shop.db'), database('/w/shop/x.db')]),
      ['/w/shop/migrations → /w/shop/shop.db (neighbour)', '/w/shop/x.db'],
    );
  });
  it('an empty history table says more than nearness', () => {
    assert.deepEqual(
      paired([set('/w/migrations')], [database('/w/x.db'), database('/w/data/y.db', [])]),
      ['/w/migrations → /w/data/y.db (neighbour)', '/w/x.db'],
    );
  });
  it('what nothing tells apart is all offered, so that the person is asked', () => {
    assert.deepEqual(paired([set('/w/migrations')], [database('/w/x.db'), database('/w/y.db')]), [
      '/w/migrations → /w/x.db (neighbour)',
      '/w/migrations → /w/y.db (neighbour)',
    ]);
  });
  it('one database between two folders is neither’s', () => {
    assert.deepEqual(
      paired([set('/w/one/migrations'), set('/w/two/migrations')], [database('/w/x.db')]),
      [
        '/w/one/migrations → /w/one/one.db (create)',
        '/w/two/migrations → /w/two/two.db (create)',
        '/w/x.db',
      ],
    );
  });
  it('caches, fixtures and what is far away are nobody’s neighbours', () => {
    const far = [
      '/w/cache.db',
      '/w/http-cache.sqlite',
      '/w/test/fixtures/x.db',
      '/w/a/b/c/d/e/f/x.db',
    ];
    assert.deepEqual(
      paired(
        [set('/w/migrations')],
        far.map((path) => database(path)),
      ),
      ['/w/migrations → /w/w.db (create)', ...far.sort()],
    );
  });

  it('proposes a database where there is none', () => {
    const proposals: [folder: string, path: string][] = [
      ['/w/shop/db/migrations', '/w/shop/db/shop.db'],
      ['/w/shop/migrations', '/w/shop/shop.db'],
      ['/w/shop/src/db/migrations', '/w/shop/src/db/shop.db'],
      ['/w/migrations', '/w/w.db'],
      ['/w/My Shop!/migrations', '/w/My Shop!/My-Shop.db'],
    ];
    for (const [folder, path] of proposals) {
      assert.deepEqual(paired([set(folder)], []), [`${folder} → ${path} (create)`]);
    }
  });
});
