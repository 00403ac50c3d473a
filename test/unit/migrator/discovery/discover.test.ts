import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { searchLimits } from '../../../../src/migrator/discovery/walk';
import { discover } from '../../../../src/migrator/discovery/discover';
import type { DiscoverRequest, Discovery } from '../../../../src/migrator/protocol';
import { look, probe } from '../../../../src/sqlite/native/nativeLook';
import { nativeSqlite } from '../../../../src/sqlite/native/nativeModule';
import { slashed } from '../../../support/paths';

describe('discover', () => {
  let root: string;
  let opened: string[];
  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'lockstep-discover-')));
    opened = [];
  });
  afterEach(() => rm(root, { recursive: true }));

  const write = async (name: string, content: string | Buffer): Promise<void> => {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
  };
  const plain = (folder: string, count = 3): Promise<unknown> =>
    Promise.all(
      Array.from({ length: count }, (_, at) =>
        write(`${folder}/00${at + 1}_x.sql`, `CREATE TABLE t${at} (id);`),
      ),
    );
  const dbmate = (folder: string): Promise<void> =>
    write(`${folder}/20260101000000_x.sql`, '-- migrate:up\nCREATE TABLE t (id);\n');
  const database = async (
    name: string,
    versions?: readonly string[],
    mode = 'delete',
  ): Promise<void> => {
    await mkdir(dirname(join(root, name)), { recursive: true });
    const connection = new DatabaseSync(join(root, name));
    connection.exec(`PRAGMA journal_mode=${mode}; CREATE TABLE own (id)`);
    if (versions) {
      connection.exec('CREATE TABLE schema_migrations (version varchar(128) primary key)');
      versions.forEach((version) =>
        connection.prepare('INSERT INTO schema_migrations VALUES (?)').run(version),
      );
    }
    connection.close();
  };
  const search = (
    request: Partial<DiscoverRequest> = {},
    limits = { ...searchLimits, ms: 60_000 },
    signal?: AbortSignal,
  ): Promise<Discovery> =>
    discover(
      { roots: [root], stated: [], exclude: [], ...request },
      {
        limits,
        probe: (paths) => {
          opened.push(...paths);
          return Promise.resolve(paths.map((path) => probe(path, nativeSqlite()!)));
        },
        history: (path, { name, listSql }) => {
          const { value } = look(path, (connection) =>
            connection.get('SELECT 1 FROM sqlite_master WHERE name = ?', name)
              ? connection.all(listSql).map(({ version }) => String(version))
              : undefined,
          );
          return Promise.resolve(value);
        },
      },
      signal,
    );
  /** `folder → database (because, format)` */
  const pairs = ({ targets }: Discovery): string[] =>
    targets.map(
      ({ folders, database: path, because, format }) =>
        `${folders.map((folder) => slashed(relative(root, folder))).join('+')} → ` +
        `${slashed(relative(root, path))} (${because}, ${format})`,
    );

  it('finds a database by its header, whatever its name, and pairs it by its history', async () => {
    await plain('migrations');
    await database('var/store.dat', ['1', '2']);
    await database('var/other.db');
    await write('var/noise', Buffer.alloc(4096, 'x'));
    await write('var/noise.db', Buffer.alloc(4096, 'x'));
    const found = await search();
    assert.deepEqual(pairs(found), ['migrations → var/store.dat (history, plain)']);
    assert.deepEqual(found.unpaired, [join(root, 'var', 'other.db')]);
    assert.equal(found.incomplete, false);
  });

  it('reads dbmate’s way of saying it, with several folders', async () => {
    await dbmate('sql/a');
    await dbmate('sql/b');
    await write(
      '.env',
      'DATABASE_URL="sqlite:data/my%20app.db?mode=rwc"\nDBMATE_MIGRATIONS_DIR=./sql/b,./sql/a\n',
    );
    assert.deepEqual(pairs(await search()), ['sql/b+sql/a → data/my app.db (databaseUrl, dbmate)']);
  });

  it('finds the database of DATABASE_URL where the search does not look', async () => {
    await dbmate('db/migrations');
    await database('build/app', ['20260101000000']);
    await write('.env', 'DATABASE_URL=sqlite:build/app');
    assert.deepEqual(pairs(await search({ exclude: ['build'] })), [
      'db/migrations → build/app (history, dbmate)',
    ]);
  });

  it('lets the environment of a terminal override the .env', async () => {
    await dbmate('db/migrations');
    await write('.env', 'DATABASE_URL=sqlite:a.db');
    const environment = { DATABASE_URL: 'sqlite:b.db' };
    assert.deepEqual(pairs(await search({ environment })), [
      'db/migrations → b.db (databaseUrl, dbmate)',
    ]);
  });

  it('takes an empty file with a database’s name for one', async () => {
    await plain('migrations');
    await write('app.db', '');
    assert.deepEqual(pairs(await search()), ['migrations → app.db (neighbour, plain)']);
  });

  it('several workspace folders, one without a database', async () => {
    await plain('one/migrations');
    await database('one/one.db', ['001']);
    await plain('two/migrations');
    const roots = ['one', 'two'].map((name) => join(root, name));
    assert.deepEqual(pairs(await search({ roots })), [
      'one/migrations → one/one.db (history, plain)',
      'two/migrations → two/two.db (create, plain)',
    ]);
  });

  it('what is stated comes first and is not searched again, also under another name', async () => {
    await dbmate('db/migrations');
    await plain('legacy');
    await database('app.db', ['20260101000000']);
    if (process.platform !== 'win32') {
      await symlink('app.db', join(root, 'link.db'));
    }
    const stated = [
      { database: join(root, 'app.db'), folders: [join(root, 'db', 'migrations')] },
      { database: join(root, 'x.db'), folders: [join(root, 'gone')] },
    ];
    const found = await search({ stated });
    assert.deepEqual(pairs(found), [
      'db/migrations → app.db (stated, dbmate)',
      'gone → x.db (stated, plain)',
      'legacy → legacy/legacy.db (create, plain)',
    ]);
    assert.deepEqual(found.unpaired, []);
  });

  it('names layouts that it does not run', async () => {
    await write('goose/001_x.sql', '-- +goose Up\nSELECT 1;\n');
    await write('prisma/migrations/20260101000000_x/migration.sql', 'SELECT 1;');
    await write('prisma/migrations/migration_lock.toml', 'provider = "sqlite"');
    const found = await search();
    assert.deepEqual(pairs(found), []);
    assert.deepEqual(
      found.unsupported
        .map(({ folder, layout }) => `${slashed(relative(root, folder))} ${layout}`)
        .sort(),
      ['goose goose', 'prisma/migrations Prisma'],
    );
  });

  it('leaves nothing behind, also beside WAL databases, and opens no FIFO', async function () {
    await plain('migrations');
    await database('closed.db', ['001'], 'wal');
    await database('open.db', ['001'], 'wal');
    const writer = new DatabaseSync(join(root, 'open.db'));
    try {
      writer.exec(`INSERT INTO schema_migrations VALUES ('002')`);
      if (process.platform !== 'win32') {
        execFileSync('mkfifo', [join(root, 'pipe.db'), join(root, 'migrations/004_pipe.sql')]);
      }
      const before = await readdir(root, { recursive: true });
      assert.deepEqual(pairs(await search()), [
        'migrations → closed.db (history, plain)',
        'migrations → open.db (history, plain)',
      ]);
      assert.deepEqual(await readdir(root, { recursive: true }), before);
    } finally {
      writer.close();
    }
  });

  it('stays within the limits and says that it did not look everywhere', async () => {
    await plain('migrations');
    await Promise.all(
      Array.from({ length: 40 }, (_, at) => write(`data/${at}`, Buffer.alloc(512))),
    );
    await database('app.db', ['001']);
    const limits = { files: 1000, ms: 60_000, opens: 20 };
    const found = await search({}, limits);
    assert.equal(found.incomplete, true);
    assert.ok(opened.length <= 20, `${opened.length}`);
    assert.ok(opened.includes(join(root, 'app.db')), 'those named like one come first');
  });

  it('can be cancelled', async () => {
    await assert.rejects(search({}, undefined, AbortSignal.abort()), { name: 'AbortError' });
  });
});
