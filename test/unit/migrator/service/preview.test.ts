import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Rehearsal } from '../../../../src/core/rehearsal/rehearsal';
import { defaultRehearsalLimits, type RehearsalRequest } from '../../../../src/migrator/protocol';
import { deadPid } from '../../../support/lockFixtures';
import { useScratch } from '../../../support/scratch';
import { folderBytes } from '../../../support/sqliteFiles';
import { useService } from '../../../support/service';

describe('a preview', () => {
  const scratch = useScratch();
  const service = useService();

  const preview = (change: Partial<RehearsalRequest> = {}): Promise<Rehearsal> =>
    service.preview(scratch.rehearsal(change));
  const kinds = ({ steps }: Rehearsal) => steps.map(({ verdict }) => verdict.kind);

  it('tells what each migration does, and does none of it', async () => {
    scratch.exec(`
      CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT, old TEXT);
      INSERT INTO notes (body) VALUES ('a'), ('b'), ('c');
      CREATE TABLE tags (name);
      INSERT INTO tags VALUES ('x'), ('y');
    `);
    scratch.migrate({
      '001_more':
        "INSERT INTO notes (body) VALUES ('d'); UPDATE notes SET body = 'z' WHERE id < 3;",
      '002_less': 'DELETE FROM notes WHERE id = 1; ALTER TABLE notes DROP COLUMN old;',
      '003_names': 'ALTER TABLE notes RENAME TO pages; ALTER TABLE pages RENAME body TO text;',
      '004_gone': 'DROP TABLE tags; CREATE TABLE users (id INTEGER PRIMARY KEY);',
    });
    const before = folderBytes(scratch.folder);
    const result = await preview();
    assert.equal(result.verdict, 'works', JSON.stringify(result, null, 1));
    assert.deepEqual(kinds(result), ['works', 'works', 'works', 'works']);
    const tables = result.steps.map((step) =>
      step.tables.map((t) => [
        t.table,
        t.rowsBefore,
        t.rowsAfter,
        t.rowsAdded,
        t.rowsRemoved,
        t.rowsChanged,
      ]),
    );
    assert.deepEqual(tables, [
      [['notes', 3, 4, 1, 0, 2]],
      [['notes', 4, 3, 0, 1, 0]],
      [['pages', 3, 3, 0, 0, 0]],
      [
        ['users', undefined, 0, 0, 0, 0],
        ['tags', 2, undefined, 0, 2, 0],
      ],
    ]);
    assert.deepEqual(result.steps[2].tables[0].columnsRenamed, [{ from: 'body', to: 'text' }]);
    assert.deepEqual(result.losses, { rows: 3, columns: ['pages.old'], tables: ['tags'] });
    assert.deepEqual(
      result.schemaAfter.map(({ name }) => name),
      ['pages', 'users'],
    );
    assert.deepEqual(folderBytes(scratch.folder), before);
    assert.deepEqual(scratch.names(), ['app.db', 'migrations']);
  });

  describe('of what is deleted', () => {
    const notes = `
      CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT);
      WITH RECURSIVE c(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM c WHERE i < 10)
        INSERT INTO notes SELECT i, 'b' || i FROM c;
    `;
    const made = 'CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL)';
    const cases: [string, number, string[], ...string[]][] = [
      [
        'counts nothing of a rebuild that renames the old table first',
        0,
        [],
        `ALTER TABLE notes RENAME TO old; ${made}; INSERT INTO notes SELECT * FROM old; DROP TABLE old`,
      ],
      [
        'counts what such a rebuild leaves behind',
        3,
        [],
        `ALTER TABLE notes RENAME TO old; ${made};
         INSERT INTO notes SELECT * FROM old WHERE id > 3; DROP TABLE old`,
      ],
      [
        'counts nothing that was put aside and comes back',
        0,
        [],
        `CREATE TEMP TABLE aside (id, body); INSERT INTO aside SELECT * FROM notes; DROP TABLE notes;
         ${made}; INSERT INTO notes SELECT * FROM aside; DROP TABLE aside`,
      ],
      [
        'counts what is dropped, though as many rows come from elsewhere',
        10,
        [],
        `DROP TABLE notes; ${made}; INSERT INTO notes SELECT value, 'x' FROM generated`,
      ],
      [
        'counts nothing of a rebuild that writes the name in another case',
        0,
        [],
        `CREATE TABLE n AS SELECT * FROM notes; DROP TABLE notes; ALTER TABLE n RENAME TO NOTES`,
      ],
      [
        'keeps to the table that was there',
        10,
        [],
        'DROP TABLE notes',
        made.replace('notes', 'NOTES'),
      ],
      [
        'counts nothing where a new table takes the name of one that is kept',
        0,
        [],
        `ALTER TABLE notes RENAME TO old; ${made}; INSERT INTO notes SELECT * FROM old`,
      ],
      [
        'counts nothing of two tables that change names',
        0,
        [],
        `ALTER TABLE notes RENAME TO t; ALTER TABLE notes_new RENAME TO notes;
         ALTER TABLE t RENAME TO notes_new`,
      ],
      [
        'follows a table that is renamed after rows of it were replaced',
        4,
        [],
        `DELETE FROM notes WHERE id < 5; INSERT INTO notes (body) VALUES (1), (2), (3), (4);
         ALTER TABLE notes RENAME TO pages`,
      ],
      [
        'does not take what is left of an earlier attempt for the table itself',
        1,
        ['notes_new'],
        `DROP TABLE notes_new; CREATE TABLE notes_new AS SELECT * FROM notes; DROP TABLE notes;
         ALTER TABLE notes_new RENAME TO notes`,
      ],
      [
        'counts nothing of a rebuilt table that is renamed at last',
        0,
        [],
        `CREATE TABLE n AS SELECT * FROM notes; DROP TABLE notes; ALTER TABLE n RENAME TO notes;
         ALTER TABLE notes RENAME TO pages`,
      ],
      [
        'follows a table that is rebuilt, renamed and rebuilt again',
        4,
        [],
        'DELETE FROM notes WHERE id < 5; INSERT INTO notes (body) VALUES (1), (2), (3), (4)',
        `ALTER TABLE notes RENAME TO old; ${made}; INSERT INTO notes SELECT * FROM old; DROP TABLE old`,
        'ALTER TABLE notes RENAME TO pages',
        `CREATE TABLE n AS SELECT * FROM pages; DROP TABLE pages; ALTER TABLE n RENAME TO pages`,
      ],
      [
        'counts nothing of a temporary table of the same name',
        0,
        [],
        'CREATE TEMP TABLE notes AS SELECT * FROM main.notes; DELETE FROM temp.notes',
      ],
      [
        'counts nothing that is undone at once',
        0,
        [],
        'SAVEPOINT a; DELETE FROM notes; ROLLBACK TO a; RELEASE a',
      ],
    ];
    it('counts rows that are replaced by what was made of them as changed', async () => {
      scratch.exec(notes);
      scratch.migrate({
        '001_m': `CREATE TEMP TABLE better AS SELECT id, upper(body) FROM notes;
          INSERT OR REPLACE INTO notes SELECT * FROM better;`,
      });
      const { tables } = await preview();
      assert.deepEqual(
        tables.map((t) => [t.table, t.rowsAdded, t.rowsRemoved, t.rowsChanged]),
        [['notes', 0, 0, 10]],
      );
    });

    it('names a column that is dropped and added anew, unless its values were put aside', async () => {
      scratch.exec(notes);
      const lost = async (sql: string): Promise<unknown> => {
        scratch.migrate({ '001_m': sql });
        const { verdict, losses } = await preview();
        assert.equal(verdict, 'works');
        return losses.columns;
      };
      const anew = 'ALTER TABLE notes DROP body; ALTER TABLE notes ADD COLUMN Body INT;';
      assert.deepEqual(await lost(anew), ['notes.body']);
      assert.deepEqual(
        await lost(`ALTER TABLE notes ADD b; UPDATE notes SET b = body; ${anew}
          UPDATE notes SET body = b; ALTER TABLE notes DROP b`),
        [],
      );
    });

    for (const [what, rows, tables, ...migrations] of cases) {
      for (const detail of ['steps', 'run'] as const) {
        it(`${what} (${detail})`, async () => {
          scratch.exec(`${notes}; CREATE TABLE generated (value);
            INSERT INTO generated SELECT id + 100 FROM notes;
            CREATE TABLE notes_new (id); INSERT INTO notes_new VALUES (1)`);
          scratch.migrate(Object.fromEntries(migrations.map((sql, i) => [`00${i + 1}_m`, sql])));
          const { verdict, losses } = await preview({ detail });
          assert.equal(verdict, 'works');
          assert.equal(losses.rows, rows);
          assert.deepEqual(losses.tables, tables);
        });
      }
    }
  });

  it('says where it fails, and how far it works', async () => {
    scratch.migrate({
      '001_a': 'CREATE TABLE a (x);',
      '002_b': 'INSERT INTO a VALUES (1);',
      '003_c': 'SELECT 1;\r\n  INSERT INTO nowhere VALUES (1);',
      '004_d': 'SELECT 1',
    });
    const result = await preview();
    assert.equal(result.verdict, 'fails');
    assert.deepEqual(kinds(result), ['works', 'works', 'fails', 'notReached']);
    assert.equal(result.applies, '002_b');
    assert.equal(result.error?.code, 'sql.failed');
    const { line, column } = result.error.place!;
    assert.deepEqual([line, column], [2, 3]);
    assert.equal(existsSync(scratch.database), false);
  });

  it('rehearses in the engine that runs it what the sandbox lacks', async () => {
    scratch.exec('CREATE TABLE a (x)');
    scratch.migrate({
      '001_a': 'CREATE VIRTUAL TABLE f USING fts5(body); INSERT INTO f VALUES (1);',
      '002_b': 'DROP TABLE a',
    });
    const before = folderBytes(scratch.folder);
    const result = await preview();
    assert.deepEqual(kinds(result), ['works', 'works'], JSON.stringify(result, null, 1));
    assert.equal(result.engine.name, 'native');
    const untrusted = await preview({ trusted: false });
    assert.equal(untrusted.verdict, 'cannot');
    assert.deepEqual(untrusted.steps[0].verdict, {
      kind: 'cannot',
      reason: 'module',
      detail: 'fts5',
      place: { file: join(scratch.migrations, '001_a.sql'), line: 1, column: 1 },
    });
    assert.deepEqual(folderBytes(scratch.folder), before);
    const left = readdirSync(tmpdir()).filter((n) =>
      n.startsWith(`lockstep-rehearsal-${process.pid}-`),
    );
    assert.deepEqual(left, []);
  });

  it('does so where another user’s copy cannot be removed', async function () {
    if (process.platform === 'win32' || process.getuid?.() === 0) {
      this.skip(); // to them everything is allowed
    }
    const { TMPDIR } = process.env;
    const left = join(scratch.folder, 'lockstep-rehearsal-999999999-x');
    mkdirSync(left);
    writeFileSync(join(left, 'copy'), '');
    chmodSync(left, 0o500);
    process.env.TMPDIR = scratch.folder;
    try {
      scratch.migrate({ '001_a': 'CREATE VIRTUAL TABLE f USING fts5(body);' });
      assert.equal((await preview()).verdict, 'works');
    } finally {
      process.env.TMPDIR = TMPDIR;
      if (TMPDIR === undefined) {
        delete process.env.TMPDIR;
      }
      chmodSync(left, 0o700);
    }
  });

  describe('beside what other processes left in the folder for temporary files', () => {
    const { TMPDIR } = process.env;
    let left: (name: string, files?: readonly string[]) => string;
    beforeEach(function () {
      if (process.getuid?.() !== 0) {
        console.warn('      skipped: a folder of another user takes root to make');
        this.skip();
      }
      const temporary = join(scratch.folder, 'tmp');
      mkdirSync(temporary);
      chmodSync(temporary, 0o1777);
      process.env.TMPDIR = temporary;
      left = (name, files = ['copy.db', 'copy.db-journal']) => {
        const folder = join(temporary, `lockstep-rehearsal-${deadPid()}-${name}`);
        mkdirSync(folder, { mode: 0o700 });
        files.forEach((file) => writeFileSync(join(folder, file), ''));
        return folder;
      };
      scratch.migrate({ '001_a': 'CREATE VIRTUAL TABLE f USING fts5(body);' });
    });
    afterEach(() => {
      process.env.TMPDIR = TMPDIR;
      if (TMPDIR === undefined) {
        delete process.env.TMPDIR;
      }
    });

    it('removes a killed one of ours', async () => {
      const ours = left('ours');
      assert.equal((await preview()).engine.name, 'native');
      assert.equal(existsSync(ours), false);
    });

    it('leaves alone what is another user’s, a link, or holds what is not ours', async () => {
      const foreign = left('foreign');
      chownSync(foreign, 65534, 65534);
      const victim = join(scratch.folder, 'victim');
      mkdirSync(victim);
      writeFileSync(join(victim, 'copy.db'), 'mine');
      symlinkSync(victim, join(process.env.TMPDIR!, `lockstep-rehearsal-${deadPid()}-link`));
      const more = left('more', ['copy.db', 'precious']);
      mkdirSync(join(more, 'deep'));
      writeFileSync(join(more, 'deep', 'precious'), '');
      assert.equal((await preview()).engine.name, 'native');
      assert.deepEqual(readdirSync(foreign), ['copy.db', 'copy.db-journal']);
      assert.deepEqual(readdirSync(victim), ['copy.db']);
      assert.deepEqual(readdirSync(more), ['deep', 'precious']);
      assert.deepEqual(readdirSync(join(more, 'deep')), ['precious']);
    });

    it('removes nothing where others could swap it meanwhile', async () => {
      const ours = left('ours');
      chmodSync(process.env.TMPDIR!, 0o777);
      assert.equal((await preview()).engine.name, 'native');
      assert.deepEqual(readdirSync(ours), ['copy.db', 'copy.db-journal']);
    });
  });

  it('ends what does not end by itself', async () => {
    const forever =
      'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t;';
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);', '002_b': forever, '003_c': 'SELECT 1' });
    const limits = { ...defaultRehearsalLimits, maxMs: 3_000 };
    const result = await preview({ limits });
    assert.equal(result.verdict, 'cannot');
    assert.deepEqual(kinds(result), ['works', 'cannot', 'notReached']);
    const again = await preview({ goal: { kind: 'steps', steps: 1 }, limits });
    assert.equal(again.verdict, 'works');
  });

  it('tries a large database on its schema alone', async () => {
    scratch.exec(`
      CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT);
      CREATE VIRTUAL TABLE f USING fts5(body);
      INSERT INTO notes (body) VALUES ('a'), ('a');
    `);
    scratch.migrate({ '001_a': 'CREATE UNIQUE INDEX i ON notes (body);' });
    const limits = { ...defaultRehearsalLimits, maxBytes: 4096 };
    const result = await preview({ limits });
    assert.equal(result.verdict, 'schemaOnly');
    assert.deepEqual(kinds(result), ['schemaOnly']);
    assert.equal(result.copy.kind, 'schema');
    assert.equal((await preview()).verdict, 'fails');
    scratch.migrate({ '001_a': 'CREATE UNIQUE INDEX i ON nots (body);' });
    assert.equal((await preview({ limits })).verdict, 'fails');
  });

  it('says the same where sql.js would run it: there what it lacks fails', async () => {
    scratch.exec('CREATE TABLE a (x); INSERT INTO a VALUES (1)');
    scratch.migrate({
      '001_a': 'UPDATE a SET x = 2;',
      '002_b': 'CREATE VIRTUAL TABLE f USING fts5(b);',
    });
    await new Promise((done) => setTimeout(done, 50)); // a file this fresh counts as busy
    const result = await preview({ engine: 'sqljs' });
    assert.deepEqual(kinds(result), ['works', 'fails']);
    assert.equal(result.error?.params.message, 'no such module: fts5');
    assert.deepEqual([result.runEngine.name, result.copy.kind], ['sqljs', 'full']);
  });

  for (const name of ['notes', 'shop', 'failing']) {
    it(`rehearses the sample ${name}`, async () => {
      const folder = resolve('migrations-samples', name);
      const migrations = join(folder, name === 'shop' ? 'db/migrations' : 'migrations');
      const before = readdirSync(folder, { recursive: true });
      const database = join(scratch.folder, 'x.db');
      const result = await preview({ target: { database, folders: [migrations] } });
      assert.equal(result.verdict, name === 'failing' ? 'fails' : 'works');
      if (name === 'failing') {
        assert.equal(result.applies, '001_accounts');
        assert.equal(result.error?.place?.line, 9);
      }
      assert.deepEqual(readdirSync(folder, { recursive: true }), before);
      assert.deepEqual(scratch.names(), []);
    });
  }
});
