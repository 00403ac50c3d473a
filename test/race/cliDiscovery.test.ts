import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Cli } from '../support/cliProcess';
import { useScratch } from '../support/scratch';

/** The samples as a person finds them, without flags wherever that is enough. */
describe('the terminal in the samples', () => {
  const scratch = useScratch();
  beforeEach(() => {
    cpSync(resolve('migrations-samples'), scratch.folder, { recursive: true });
  });

  const run = (folder: string, ...args: string[]) =>
    Cli.run(args, { cwd: join(scratch.folder, folder) });
  const dbmate = (folder: string, ...args: string[]): string =>
    execFileSync(resolve('node_modules/.bin/dbmate'), ['--no-dump-schema', ...args], {
      cwd: join(scratch.folder, folder),
      env: { ...process.env, DATABASE_URL: 'sqlite:db/shop.db' },
      encoding: 'utf8',
    });
  const values = (database: string, sql: string): unknown[] => {
    const connection = new DatabaseSync(join(scratch.folder, database));
    try {
      return connection
        .prepare(sql)
        .all()
        .map((row) => Object.values(row)[0]);
    } finally {
      connection.close();
    }
  };

  it('the shop: DATABASE_URL is enough, and a missing database is created', async () => {
    const end = await run('shop', 'migrate');
    assert.equal(end.code, 0, end.err);
    assert.match(end.out, /Applied 5 migrations/);
    assert.deepEqual(
      values('shop/db/shop.db', 'SELECT stock FROM products ORDER BY id'),
      [40, 25, 6],
    );
  });

  it('the real dbmate and Lockstep take turns on one database', async () => {
    const pending = async (): Promise<number> => {
      const { out } = await run('shop', 'status', '--json');
      return JSON.parse(out).pending.length;
    };
    dbmate('shop', 'up');
    assert.equal(await pending(), 0, 'what dbmate applied is applied');
    assert.match((await run('shop', 'migrate')).out, /Nothing to apply/);

    const undone = await run('shop', 'rollback', '--steps', '2');
    assert.equal(undone.code, 0, undone.err);
    assert.match(dbmate('shop', 'status'), /Applied: 3\s+Pending: 2/);
    dbmate('shop', 'up');
    assert.equal(await pending(), 0);

    dbmate('shop', 'rollback');
    assert.equal(await pending(), 1);
    assert.equal((await run('shop', 'migrate')).code, 0);
    assert.match(dbmate('shop', 'status'), /Applied: 5\s+Pending: 0/);

    const fresh = join(scratch.folder, 'shop/db/migrations/20260301000000_more.sql');
    writeFileSync(
      fresh,
      '-- migrate:up\nCREATE TABLE more (x);\n-- migrate:down\nDROP TABLE more;\n',
    );
    rmSync(join(scratch.folder, 'shop/db/shop.db'));
    assert.equal((await run('shop', 'migrate')).code, 0);
    const ours = values('shop/db/shop.db', 'SELECT sql FROM sqlite_schema ORDER BY name');
    rmSync(join(scratch.folder, 'shop/db/shop.db'));
    dbmate('shop', 'up');
    const theirs = values('shop/db/shop.db', 'SELECT sql FROM sqlite_schema ORDER BY name');
    assert.deepEqual(ours, theirs, 'the same database, whoever made it');
  });

  it('a database with the history of other migrations is not said to be missing, nor used unasked', async () => {
    scratch.write({ 'other/migrations/001_a.sql': 'CREATE TABLE a (x);' });
    const database = join(scratch.folder, 'other/other.db');
    const connection = new DatabaseSync(database);
    connection.exec('CREATE TABLE schema_migrations (version TEXT PRIMARY KEY)');
    connection.exec("INSERT INTO schema_migrations VALUES ('998'), ('999')");
    connection.close();
    for (const command of ['migrate', 'rollback']) {
      const { code, err } = await run('other', command);
      assert.equal(code, 2);
      assert.match(err, /^error: other\.db does not seem to belong to these migrations\./);
    }
    assert.equal((await run('other', 'migrate', '-d', 'other.db', '-m', 'migrations')).code, 0);
  });

  it('the notes: no database is created unasked; named once, it is found from then on', async () => {
    const unasked = await run('notes', 'migrate');
    assert.equal(unasked.code, 2);
    assert.match(unasked.err, /--database notes\.db/);
    assert.equal(existsSync(join(scratch.folder, 'notes/notes.db')), false);
    const looked = await run('notes', 'status');
    assert.equal(looked.code, 0);
    assert.match(looked.out, /Pending \(8\)/);
    assert.match(
      looked.out,
      /^notes\.db {2}not there yet; name it to create it \(--database FILE\)/,
    );
    assert.match(
      (await run('notes', 'status', '--database', 'x.db')).out,
      /the first run creates it/,
    );

    assert.equal((await run('notes', 'migrate', '--database', 'notes.db')).code, 0);
    assert.match((await run('notes', 'migrate')).out, /Nothing to apply/);
    assert.deepEqual(
      values('notes/notes.db', `SELECT display_name FROM tags WHERE name = lower('SQLITE')`),
      ['SQLite'],
    );
    assert.deepEqual(values('notes/notes.db', 'SELECT count(*) FROM attachments'), [1]);
    assert.deepEqual(values('notes/notes.db', 'PRAGMA foreign_key_check'), []);

    assert.equal((await run('notes', 'rollback')).code, 0);
    const noWay = await run('notes', 'rollback');
    assert.equal(noWay.code, 4, noWay.out);
    assert.match(noWay.err, /007_slug_required has no down migration/);
  });

  it('the failing one: found out on a copy, so that nothing is applied', async () => {
    const end = await run('failing', 'migrate', '--database', 'app.db');
    assert.equal(end.code, 1);
    assert.match(end.err, /^error: migrations\S002_balances\.sql:9:1: no such table: acounts/);
    assert.match(end.err, /found on a copy; nothing was changed/);
    assert.ok(!existsSync(join(scratch.folder, 'failing', 'app.db')));
  });

  it('the failing one, untried: its third statement is named, nothing of it stays', async () => {
    const end = await run('failing', 'migrate', '--database', 'app.db', '--no-rehearse');
    assert.equal(end.code, 1);
    assert.match(end.err, /^error: migrations\S002_balances\.sql:9:1: no such table: acounts/);
    assert.deepEqual(values('failing/app.db', 'SELECT version FROM schema_migrations'), ['001']);
    assert.deepEqual(values('failing/app.db', 'SELECT count(*) FROM accounts'), [0]);
  });

  it('several databases: lists them with the flag to use', async () => {
    for (const name of ['one.db', 'two.db']) {
      assert.equal((await run('notes', 'migrate', '--database', name)).code, 0);
    }
    const end = await run('notes', 'migrate');
    assert.equal(end.code, 2);
    assert.match(end.err, /--database one\.db, --database two\.db/);
  });

  it('DATABASE_URL of the environment overrides the .env', async () => {
    const cwd = join(scratch.folder, 'shop');
    const env = { DATABASE_URL: 'sqlite:other.db' };
    assert.equal((await Cli.run(['migrate'], { cwd, env })).code, 0);
    assert.ok(existsSync(join(cwd, 'other.db')));
    assert.ok(!readdirSync(join(cwd, 'db')).includes('shop.db'));
  });
});
