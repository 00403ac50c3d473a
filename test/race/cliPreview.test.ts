import assert from 'node:assert/strict';
import { Cli, objects, type CliEnd } from '../support/cliProcess';
import { useScratch } from '../support/scratch';
import { folderBytes } from '../support/sqliteFiles';

describe('lockstep preview', () => {
  const scratch = useScratch();

  const preview = (...args: string[]): Promise<CliEnd> =>
    Cli.run(['preview', '--database', scratch.database, '--migrations', 'migrations', ...args], {
      cwd: scratch.folder,
    });

  it('says in a few lines what changes and what is deleted, and changes nothing', async () => {
    scratch.exec(
      "CREATE TABLE notes (id INTEGER PRIMARY KEY, a, b); INSERT INTO notes (a) VALUES ('x'), ('y')",
    );
    scratch.migrate({
      '001_less': 'ALTER TABLE notes DROP COLUMN b; DELETE FROM notes WHERE id = 1;',
      '002_more': 'CREATE TABLE tags (name TEXT); INSERT INTO tags VALUES (1);',
    });
    const before = folderBytes(scratch.folder);
    const { code, out } = await preview();
    assert.equal(code, 0);
    const lines = out.split('\n').map((line) => line.replace(/\d+ ms/, 'n ms'));
    assert.deepEqual(lines.slice(0, 9), [
      '2 migrations would be applied.',
      'Deletes 1 row and the column notes.b.',
      '',
      '  ✓ 001_less  n ms',
      '      − notes.b',
      '      notes: 1 removed',
      '  ✓ 002_more  n ms',
      '      + table tags (1 row)',
      '',
    ]);
    assert.match(out, /^ {2}- {3}b$/m);
    assert.match(out, /^ {2}\+ CREATE TABLE tags \($/m);
    assert.match(out, /Tried on a copy \(8 KB\) with SQLite [\d.]+/);
    assert.deepEqual(folderBytes(scratch.folder), before);
    assert.deepEqual(scratch.names(), ['app.db', 'migrations']);
  });

  it('exits with 1 when it would fail, and says where and how far it works', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);', '002_b': '\n  INSERT INTO b VALUES (1);' });
    const { code, out } = await preview();
    assert.equal(code, 1);
    assert.match(
      out,
      /^It would fail at 002_b\.\n {2}migrations\S002_b\.sql:2:3: no such table: b\n/,
    );
    assert.match(out, /Up to 001_a it works \(--to 001_a\)/);
    assert.equal((await preview('--to', '001_a')).code, 0);
    assert.deepEqual(scratch.names(), ['migrations']);
  });

  it('says what to do where a run would be refused, and not that anything was tried', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);', '001_b': 'CREATE TABLE b (x);' });
    scratch.exec('CREATE TABLE app (x)');
    const { code, out } = await preview();
    assert.equal(code, 4);
    assert.match(
      out,
      /^It would be refused\.\n {2}Two migrations have the version 001: .+\n {2}Give one of them another version\..*\n$/,
    );
  });

  it('says in a line that there is nothing to apply', async () => {
    scratch.migrate({}).exec('CREATE TABLE app (x)');
    assert.deepEqual([(await preview()).out], ['Nothing would be applied.\n']);
  });

  it('gives every table’s rows and columns as JSON', async () => {
    scratch.exec(
      'CREATE TABLE notes (id INTEGER PRIMARY KEY, a); INSERT INTO notes (a) VALUES (1)',
    );
    scratch.migrate({
      '001_a': 'ALTER TABLE notes ADD COLUMN b; INSERT INTO notes (a) VALUES (2), (3);',
    });
    const [object] = objects(await preview('--json'));
    const { type, verdict, tables } = object as { type: string; verdict: string; tables: object[] };
    assert.deepEqual([type, verdict], ['preview', 'works']);
    assert.deepEqual(tables, [
      {
        table: 'notes',
        rowsBefore: 1,
        rowsAfter: 3,
        created: false,
        dropped: false,
        rowsAdded: 2,
        rowsRemoved: 0,
        rowsChanged: 0,
        columnsAdded: ['b'],
        columnsRemoved: [],
        columnsRenamed: [],
      },
    ]);
  });

  it('lets a run say what it deletes, and ask nothing', async () => {
    scratch.exec('CREATE TABLE a (x); INSERT INTO a VALUES (1), (2); CREATE TABLE b (y)');
    scratch.migrate({ '001_a': 'DELETE FROM a;', '002_b': 'DROP TABLE b;' });
    const { database, migrations } = scratch;
    // Asked for: one that is not may take a second, which a busy machine does not have.
    const run = ['migrate', '--rehearse', '-d', database, '-m', migrations];
    const { code, out } = await Cli.run(run);
    assert.equal(code, 0);
    assert.match(out, /Rehearsed on a copy: 2 of 2 work \(.+\)\. Deletes 2 rows\./);
    assert.deepEqual(scratch.versions(), ['001', '002']);
  });

  it('says what bites, where it works and where it fails, and exits as without', async () => {
    scratch.exec("CREATE TABLE a (x); INSERT INTO a VALUES ('é'), ('é')");
    scratch.migrate({
      '001_a': 'BEGIN;\n  DELETE FROM a;\nCOMMIT;',
      '001_a.down': 'DROP TABLE a;',
      '002_b': 'INSERT INTO a VALUES (1), (1);\nCREATE UNIQUE INDEX i ON a (x);',
    });
    const { code, out } = await preview('--to', '001_a');
    assert.equal(code, 0);
    assert.match(
      out,
      /✓ 001_a .*\n.*2 removed\n {6}! 2:3 Without WHERE this deletes all 2 rows of a\. no-where\n/,
    );
    assert.doesNotMatch(out, /transaction-control|drop-with-rows/);
    const failing = await preview();
    assert.equal(failing.code, 1);
    assert.match(
      failing.out,
      /✗ 002_b\n {6}! 2:1 1 value of x occurs more than once in a, in 2 rows\. unique-over-duplicates\n/,
    );
    const [object] = objects(await preview('--json'));
    const { steps } = object as unknown as { steps: { lint?: { rule: string }[] }[] };
    assert.deepEqual(
      steps.map(({ lint }) => lint?.map(({ rule }) => rule)),
      [['transaction-control', 'no-where'], ['unique-over-duplicates']],
    );
  });

  it('tries the down migration', async () => {
    scratch
      .migrate({ '001_a': 'CREATE TABLE a (x); INSERT INTO a VALUES (1);' })
      .migrate({ '001_a.down': 'DROP TABLE a;' });
    const { database, migrations } = scratch;
    await Cli.run(['migrate', '-d', database, '-m', migrations]);
    const { code, out } = await preview('--rollback');
    assert.equal(code, 0);
    assert.match(out, /^1 migration would be rolled back\.\nDeletes 1 row and the table a\.\n/);
    assert.deepEqual(scratch.versions(), ['001']);
  });
});
