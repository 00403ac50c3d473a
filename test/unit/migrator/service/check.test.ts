import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { CheckResult } from '../../../../src/core/rehearsal/rehearsal';
import { LockstepError } from '../../../../src/core/errors';
import { Checker } from '../../../../src/migrator/service/checker';
import type { ThreadPool } from '../../../../src/migrator/service/threads';
import { type CheckRequest, defaultRehearsalLimits } from '../../../../src/migrator/protocol';
import { useScratch } from '../../../support/scratch';
import { folderBytes } from '../../../support/sqliteFiles';
import { useService } from '../../../support/service';

describe('a check of a text', () => {
  const scratch = useScratch();
  const service = useService();
  beforeEach(() => {
    scratch.exec('CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL)');
    scratch.exec("INSERT INTO notes (body) VALUES ('a'), ('a')");
  });

  const check = (
    name: string,
    text: string,
    change: Partial<CheckRequest> = {},
    signal?: AbortSignal,
  ): Promise<CheckResult> =>
    service.check(
      {
        target: { database: scratch.database, folders: [scratch.migrations] },
        file: join(scratch.migrations, name),
        text,
        engine: 'auto',
        trusted: true,
        limits: defaultRehearsalLimits,
        ...change,
      },
      { signal },
    );
  /** `up 2:3 message` for each. */
  const said = ({ problems }: CheckResult): string[] =>
    problems.map((problem) => {
      const place = problem.kind === 'fails' ? problem.error.place : problem.place;
      const words =
        problem.kind === 'fails'
          ? (problem.error.params.message ?? problem.error.code)
          : `${problem.reason} ${problem.detail ?? ''}`.trim();
      return `${problem.direction} ${place?.line}:${place?.column} ${words}`;
    });

  it('finds the place of what fails, after what is pending before it, and is content when mended', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE tags (name);', '002_b': '-- not written yet' });
    const before = folderBytes(scratch.folder);
    const wrong =
      "-- é\r\nINSERT INTO tags VALUES ('; ☃');\r\n\r\n  INSERT INTO tag VALUES (1);\r\nSELECT 1;";
    assert.deepEqual(said(await check('002_b.sql', wrong)), ['up 4:3 no such table: tag']);
    assert.deepEqual(said(await check('002_b.sql', wrong.replace('tag V', 'tags V'))), []);
    const syntax = 'SELECT 1;\nSELEC 2;';
    assert.deepEqual(said(await check('002_b.sql', syntax)), ['up 2:1 near "SELEC": syntax error']);
    assert.deepEqual(folderBytes(scratch.folder), before);
    assert.deepEqual(scratch.names(), ['app.db', 'migrations']);
  });

  it('knows the data', async () => {
    scratch.migrate({ '001_a': '' });
    const result = await check('001_a.sql', 'CREATE UNIQUE INDEX i ON notes (body);');
    assert.deepEqual(said(result), ['up 1:1 UNIQUE constraint failed: notes.body']);
  });

  it('checks what is beside a table or view that cannot be opened', async () => {
    scratch.exec("CREATE VIRTUAL TABLE search USING fts5(body, content='notes')");
    scratch.exec('CREATE TABLE search_log (x)');
    scratch.exec('CREATE TABLE old (x); CREATE VIEW dead AS SELECT * FROM old; DROP TABLE old');
    scratch.migrate({ '001_a': '' });
    const result = await check('001_a.sql', 'CREATE UNIQUE INDEX i ON notes (body);');
    assert.deepEqual(said(result), ['up 1:1 UNIQUE constraint failed: notes.body']);
    assert.deepEqual(
      result.lint.map(({ rule }) => rule),
      ['unique-over-duplicates'],
    );
    const fine = await check('001_a.sql', 'CREATE TABLE tags (x);');
    assert.deepEqual(said(fine), []);
    assert.deepEqual(
      fine.after.map(({ name, type, columns }) => `${name} ${type} ${columns.length}`).sort(),
      ['dead view 0', 'notes table 2', 'search virtual 0', 'search_log table 1', 'tags table 1'],
    );
  });

  it('says so where it breaks down, for nothing to show would mean that all is well', async () => {
    const about = { name: 'sqljs', sqliteVersion: '3.53.4' };
    const thread = {
      control: { reset: () => undefined },
      call: (name: string) =>
        name === 'about'
          ? Promise.resolve(about)
          : Promise.reject(new LockstepError('internal', { message: 'unheard of' })),
    };
    const pool = { reader: () => thread, sandbox: () => thread } as unknown as ThreadPool;
    const result = await new Checker(pool).check({
      target: { database: scratch.database, folders: [scratch.migrations] },
      file: join(scratch.migrations, '001_a.sql'),
      text: '',
      engine: 'auto',
      trusted: true,
      limits: defaultRehearsalLimits,
    });
    assert.deepEqual(said(result), ['up undefined:undefined crash unheard of']);
  });

  it('blames the rows, not the engine, where a statement fails while it runs', async () => {
    scratch.migrate({ '001_a': '' });
    for (const [sql, message] of [
      ['ALTER TABLE notes ADD c NOT NULL', 'Cannot add a NOT NULL column with default value NULL'],
      ["UPDATE notes SET body = json_set(body, '$.a', 1)", 'malformed JSON'],
      ["INSERT INTO notes (id, body) VALUES ('x', 'y')", 'datatype mismatch'],
      [
        "CREATE TRIGGER g AFTER INSERT ON notes BEGIN SELECT RAISE(FAIL, 'no; really'); END;\nINSERT INTO notes (body) VALUES (1)",
        'no; really',
      ],
    ] as const) {
      const [said1, ...more] = said(await check('001_a.sql', sql));
      assert.deepEqual([said1.replace(/^up [12]:1 /, ''), more], [message, []], sql);
    }
  });

  it('notices what others write: rows, migrations, files', async () => {
    scratch.migrate({ '001_a': '', '002_b': '' });
    const text = 'ALTER TABLE notes ADD COLUMN later TEXT;';
    assert.deepEqual(said(await check('002_b.sql', text)), []);
    scratch.migrate({ '001_a': text });
    assert.deepEqual(said(await check('002_b.sql', text)), ['up 1:1 duplicate column name: later']);
    scratch.migrate({ '001_a': '' });
    scratch.exec(text);
    assert.deepEqual(said(await check('002_b.sql', text)), ['up 1:1 duplicate column name: later']);
  });

  it('does not try what is applied, and knows what is no migration', async () => {
    scratch.migrate({ '001_a': 'SELECT 1' });
    await service.run(scratch.request());
    const applied = await check('001_a.sql', 'nonsense');
    assert.deepEqual(
      [applied.state, applied.migration?.id, said(applied)],
      ['applied', '001_a', []],
    );
    assert.equal((await check('readme.sql', 'SELECT 1')).state, 'none');
  });

  it('tries a file that is not on the disk yet', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE tags (name);' });
    assert.deepEqual(said(await check('002_new.sql', 'DROP TABLE tags;')), []);
    assert.deepEqual(said(await check('002_new.sql', 'DROP TABLE tagz;')), [
      'up 1:1 no such table: tagz',
    ]);
  });

  it('says which migration before it is in the way', async () => {
    scratch.migrate({ '001_a': 'DROP TABLE nowhere;', '002_b': '' });
    const result = await check('002_b.sql', 'DROP TABLE nothing;');
    assert.deepEqual([result.blockedBy?.id, said(result)], ['001_a', []]);
    assert.equal(result.blockedWhy, 'fails');
    scratch.migrate({ '001_a': 'CREATE VIRTUAL TABLE f USING fts5(body);' });
    const unknown = await check('002_b.sql', 'DROP TABLE notes;');
    assert.deepEqual([unknown.blockedBy?.id, unknown.blockedWhy], ['001_a', 'cannot']);
  });

  it('says what is wrong with the folder, though not in this file', async () => {
    scratch.migrate({ '001_a': '', '001_b': '', '002_c': '' });
    for (const name of ['001_b.sql', '002_c.sql']) {
      const result = await check(name, 'DROP TABLE notes;');
      assert.equal(result.refused?.code, 'migrations.duplicate');
    }
  });

  it('tries the down migration, and finds what it leaves', async () => {
    scratch.migrate({ '001_a': '', '001_a.down': '' });
    const up = 'CREATE TABLE tags (name); CREATE INDEX i ON notes (body);';
    scratch.migrate({ '001_a': up });
    const left = await check('001_a.down.sql', 'DROP TABLE tags;');
    assert.deepEqual(
      left.notUndone.map(({ change, type, name }) => `${change} ${type} ${name}`),
      ['added index i'],
    );
    const whole = await check('001_a.down.sql', 'DROP TABLE tags; DROP INDEX i;');
    assert.deepEqual([whole.notUndone, said(whole)], [[], []]);
    const wrong = await check('001_a.down.sql', 'DROP TABLE tagz;');
    assert.deepEqual(said(wrong), ['down 1:1 no such table: tagz']);
    assert.equal(
      wrong.problems[0].kind === 'fails' && wrong.problems[0].error.place?.file,
      join(scratch.migrations, '001_a.down.sql'),
    );
  });

  it('gives the tables and columns as they are after it', async () => {
    scratch.migrate({ '001_a': '' });
    const { after, before, up } = await check(
      '001_a.sql',
      "ALTER TABLE notes ADD COLUMN tag TEXT DEFAULT 'x'; CREATE VIEW v AS SELECT body FROM notes;",
    );
    assert.deepEqual(
      before.map(({ name }) => name),
      ['notes'],
    );
    const notes = after.find(({ name }) => name === 'notes')!;
    assert.deepEqual(notes.columns[2], {
      name: 'tag',
      type: 'TEXT',
      notNull: false,
      primaryKey: false,
      default: "'x'",
    });
    assert.deepEqual(after.find(({ name }) => name === 'v')?.type, 'view');
    assert.deepEqual(up?.tables[0].columnsAdded, ['tag']);
  });

  it('says what only the sandbox understands, or does not', async () => {
    scratch.migrate({ '001_a': '' });
    const fts = 'CREATE VIRTUAL TABLE f USING fts5(body);';
    assert.deepEqual(said(await check('001_a.sql', fts)), ['up 1:1 module fts5']);
    const nobody = 'SELECT nobody_knows(1);';
    assert.deepEqual(said(await check('001_a.sql', nobody)), [
      'up 1:1 no such function: nobody_knows',
    ]);
    assert.deepEqual(said(await check('001_a.sql', nobody, { trusted: false })), [
      'up 1:1 function nobody_knows',
    ]);
    assert.deepEqual(said(await check('001_a.sql', 'SELECT percentile(1, 50);')), [
      'up 1:1 function percentile',
    ]);
  });

  it('gives up what does not end, and goes on', async () => {
    scratch.migrate({ '001_a': '' });
    const forever =
      'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t;';
    const limits = { ...defaultRehearsalLimits, maxMs: 300 };
    assert.deepEqual(said(await check('001_a.sql', forever, { limits })), [
      'up undefined:undefined time',
    ]);
    assert.deepEqual(said(await check('001_a.sql', 'SELECT 1')), []);
    const controller = new AbortController();
    const pending = check('001_a.sql', forever, {}, controller.signal);
    setTimeout(() => controller.abort(), 100);
    await assert.rejects(pending, { code: 'run.cancelled' });
  });

  it('says that what a migration leaves cannot be read, and goes on', async () => {
    scratch.migrate({ '001_a': '' });
    const broken = `CREATE TABLE b (x); PRAGMA writable_schema = 1;
      UPDATE sqlite_schema SET sql = 'CREATE TABLE b (' WHERE name = 'b';`;
    assert.deepEqual(said(await check('001_a.sql', broken)), [
      'up undefined:undefined crash malformed database schema (b) - incomplete input',
    ]);
    assert.deepEqual(said(await check('001_a.sql', 'SELECT 1')), []);
    scratch.migrate({ '001_a': broken });
    const { verdict, steps } = await service.preview(scratch.rehearsal({ trusted: false }));
    assert.deepEqual([verdict, steps[0].verdict.kind], ['cannot', 'cannot']);
    scratch.migrate({ '001_a': '', '002_b': '' });
    scratch.migrate({ '001_a': broken });
    const blocked = await check('002_b.sql', 'SELECT 1');
    assert.match(said(blocked).join(), /crash malformed/);
  });

  it('reads dbmate’s files, both sections', async () => {
    const file = '20260101000000_a.sql';
    scratch.write({ [`migrations/${file}`]: '-- migrate:up\n-- migrate:down\n' });
    const text = (up: string, down: string): string =>
      `-- migrate:up\n${up}\n\n-- migrate:down\n${down}\n`;
    const ok = await check(file, text('CREATE TABLE a (x);', 'DROP TABLE a;'));
    assert.deepEqual(said(ok), []);
    const wrong = await check(file, text('CREATE TABLE a (x);', '  DROP TABLE b;'));
    assert.deepEqual(said(wrong), ['down 5:3 no such table: b']);
  });
});
