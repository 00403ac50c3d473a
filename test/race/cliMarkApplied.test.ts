import assert from 'node:assert/strict';
import { Cli, type CliEnd } from '../support/cliProcess';
import { useScratch } from '../support/scratch';

describe('lockstep mark-applied', () => {
  const scratch = useScratch();
  beforeEach(() => {
    scratch.migrate({
      '001_users': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);',
      '002_tags': 'CREATE TABLE tags (name TEXT);\nINSERT INTO tags VALUES (1);',
    });
  });

  function mark(...args: string[]): Promise<CliEnd> {
    return Cli.run(['mark-applied', ...args], { cwd: scratch.folder });
  }

  it('adopts a database that has the schema, without a question', async () => {
    scratch.exec(
      'create table users(id integer primary key, name text); create table tags(name TEXT)',
    );
    const { code, out, err } = await mark();
    assert.equal(code, 0, err);
    assert.match(out, /001_users\n.*002_tags\nThe database has exactly the schema/);
    assert.match(out, /Recorded 2 migrations as applied; nothing of them was run\./);
    assert.deepEqual(scratch.versions(), ['001', '002']);
    assert.deepEqual(scratch.values('SELECT count(*) FROM tags'), [0]);
    const again = await mark();
    assert.deepEqual([again.code, again.out], [0, 'Nothing was pending.\n']);
    const last = JSON.parse((await mark('--json')).out.trim().split('\n').at(-1)!) as object;
    assert.deepEqual(last, {
      ...{ type: 'result', outcome: 'done', marked: [], alreadyApplied: [], ms: 0 },
      message: 'Nothing was pending.',
    });
  });

  it('asks where the schema differs, and needs --yes where nobody is there', async () => {
    scratch.exec('CREATE TABLE users (id INTEGER PRIMARY KEY)');
    const asked = await mark('--to', '001');
    assert.equal(asked.code, 2);
    assert.match(asked.out, /Not the same: table users\.[^]*- {3}name TEXT/);
    assert.match(asked.err, /--yes/);
    assert.deepEqual(scratch.values('SELECT name FROM sqlite_schema'), ['users']);
    const forced = await mark('--to', '001', '--yes', '--json');
    assert.equal(forced.code, 0, forced.err);
    const [comparison, result] = forced.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      [comparison?.['verdict'], comparison?.['different']],
      ['differs', ['table users']],
    );
    assert.equal(result?.['outcome'], 'done');
    assert.deepEqual(scratch.versions(), ['001']);
  });

  it('makes no database', async () => {
    const { code, err } = await mark('--database', 'app.db', '--migrations', 'migrations');
    assert.equal(code, 2, err);
    assert.deepEqual(scratch.names(), ['migrations']);
  });
});
