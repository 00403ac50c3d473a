import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Holder } from '../../../src/core/model';
import { Cli, objects, resultOf } from '../../support/cliProcess';
import { Scratch } from '../../support/scratch';
import { slowMigrations, slowStatement } from '../../support/slowStep';
import { until } from '../../support/until';

describe('several checkouts that share one database through an environment variable', () => {
  let scratch: Scratch;
  beforeEach(() => (scratch = new Scratch()));
  afterEach(() => scratch.dispose());

  it('one works after a schema bump, the other waits, looks again and leaves with success', async () => {
    const migrations = {
      '001_patches.sql': 'CREATE TABLE patches (id INTEGER PRIMARY KEY);',
      '002_author.sql': `CREATE TABLE big (i); ${slowStatement(10_000_000)}
        ALTER TABLE patches ADD COLUMN author TEXT;`,
      '003_state.sql': 'ALTER TABLE patches ADD COLUMN state TEXT;',
    };
    for (const checkout of ['one', 'two']) {
      for (const [name, sql] of Object.entries(migrations)) {
        scratch.write({ [`${checkout}/migrations/${name}`]: sql });
      }
    }
    const env = { DATABASE_URL: `sqlite:${scratch.database}` };
    const runs = ['one', 'two'].map((checkout) =>
      Cli.run(['migrate', '--json', '--migrations', 'migrations'], {
        cwd: join(scratch.folder, checkout),
        env,
      }),
    );
    const ends = await Promise.all(runs);
    assert.deepEqual(
      ends.map(({ code }) => code),
      [0, 0],
      ends[1].err,
    );
    const results = ends.map(resultOf);
    assert.deepEqual(results.map(({ applied }) => applied.length).sort(), [0, 3]);
    const loser = results.find(({ applied }) => applied.length === 0)!;
    assert.equal(loser.alreadyApplied.length, 3);
    assert.equal(loser.holder?.kind, 'terminal');
    assert.deepEqual(scratch.versions(), ['001', '002', '003']);
  });
});

describe('several instances of a service, one exclusive lock from before the first to after the last', () => {
  let scratch: Scratch;
  beforeEach(() => (scratch = new Scratch().migrate(slowMigrations())));
  afterEach(() => scratch.dispose());
  const named = ['--database', 'app.db', '--migrations', 'migrations'];

  it('takes it by default, tells which host and process holds it, gives it back', async () => {
    const cli = new Cli(['migrate', ...named], { cwd: scratch.folder });
    const card = `${scratch.database}.lock.json`;
    await until(() => existsSync(card) && readFileSync(card, 'utf8').includes('002_slow'));
    const shown = await Cli.run(['lock', '--json', ...named], { cwd: scratch.folder });
    const { lock } = objects(shown).at(-1) as unknown as { lock: { holder: Holder } };
    const { holder } = lock;
    assert.equal(holder.pid, cli.process.pid);
    assert.ok(holder.host);
    cli.process.kill('SIGINT');
    await cli.ended;
    assert.ok(!existsSync(`${scratch.database}.lock`) && !existsSync(card));
  });

  it('is free by itself when the process dies', async () => {
    const cli = new Cli(['migrate', ...named], { cwd: scratch.folder });
    await until(() => existsSync(`${scratch.database}.lock.json`));
    cli.process.kill('SIGKILL');
    await cli.ended;
    scratch.migrate({ '002_slow': 'SELECT 1;' });
    assert.equal((await Cli.run(['migrate', ...named], { cwd: scratch.folder })).code, 0);
    assert.deepEqual(scratch.versions(), ['001', '002', '003']);
  });
});

describe('the notes sample', () => {
  it('finds tags whatever their case, shows them as written, and replaces them as one', async () => {
    const scratch = new Scratch();
    try {
      cpSync(resolve('migrations-samples/notes'), scratch.folder, { recursive: true });
      const result = await Cli.run(
        ['migrate', '--database', 'app.db', '--migrations', 'migrations'],
        { cwd: scratch.folder },
      );
      assert.equal(result.code, 0, result.err);
      const db = new DatabaseSync(scratch.database);
      db.exec(
        "INSERT INTO tags (name, display_name) VALUES ('zebra', 'Zebra'), ('apple', 'apple')",
      );
      const find = db.prepare('SELECT display_name AS d FROM tags WHERE name = lower(?)');
      assert.equal(find.get('ZEBRA')?.d, 'Zebra');
      assert.throws(() =>
        db.exec("INSERT INTO tags (name, display_name) VALUES ('zebra', 'ZEBRA')"),
      );
      db.exec(`BEGIN; DELETE FROM note_tags WHERE note_id = 1;
        INSERT INTO note_tags SELECT 1, id FROM tags WHERE name IN ('zebra', 'apple'); COMMIT;`);
      const listed = db.prepare(`SELECT display_name AS d FROM tags JOIN note_tags ON tag_id = id
        WHERE note_id = 1 ORDER BY display_name COLLATE NOCASE`);
      assert.deepEqual(
        listed.all().map(({ d }) => d),
        ['apple', 'Zebra'],
      );
      const plan = db
        .prepare('EXPLAIN QUERY PLAN SELECT note_id FROM note_tags WHERE tag_id = 1')
        .all();
      assert.match(JSON.stringify(plan), /note_tags_by_tag/);
      db.close();
    } finally {
      scratch.dispose();
    }
  });
});
