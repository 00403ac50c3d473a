import assert from 'node:assert/strict';
import type { RunRequest } from '../../../../src/core/run/runRequest';
import type { RunResult } from '../../../../src/core/run/runEvents';
import { useScratch } from '../../../support/scratch';
import { useService } from '../../../support/service';

describe('foreign keys in a run', () => {
  const scratch = useScratch();
  const service = useService();

  const run = (change: Partial<RunRequest> = {}): Promise<RunResult> =>
    service.run(scratch.request(change));

  describe('of a parent and its children', () => {
    beforeEach(() => {
      scratch.migrate({
        '001_a': `CREATE TABLE parent (id INTEGER PRIMARY KEY);
          CREATE TABLE child (id INTEGER PRIMARY KEY, p REFERENCES parent ON DELETE CASCADE);
          INSERT INTO parent VALUES (1), (2); INSERT INTO child VALUES (10, 1), (11, 2), (12, 2);`,
      });
    });

    it('keeps the children of a table that is rebuilt', async () => {
      scratch.migrate({
        '002_rebuild': `PRAGMA foreign_keys=OFF;
          CREATE TABLE parent_new (id INTEGER PRIMARY KEY, name TEXT);
          INSERT INTO parent_new (id) SELECT id FROM parent;
          DROP TABLE parent; ALTER TABLE parent_new RENAME TO parent;
          PRAGMA foreign_keys=ON;`,
      });
      assert.equal((await run()).outcome, 'done');
      assert.deepEqual(scratch.values('SELECT id FROM child ORDER BY 1'), [10, 11, 12]);
    });

    for (const sql of [
      'DELETE FROM parent WHERE id = 2;',
      'INSERT INTO child VALUES (13, 99);',
      'CREATE TABLE other (c REFERENCES child); INSERT INTO other VALUES (77);',
      'CREATE TRIGGER t AFTER INSERT ON log BEGIN DELETE FROM parent; END; INSERT INTO log VALUES (1);',
    ]) {
      it(`undoes a step that leaves rows pointing nowhere: ${sql}`, async () => {
        scratch.migrate({ '002_log': 'CREATE TABLE log (x);', '003_bad': sql });
        const result = await run({ goal: { kind: 'all' } });
        assert.deepEqual([result.outcome, result.error?.code], ['failed', 'foreignKeys.violated']);
        assert.deepEqual(scratch.values('SELECT count(*) FROM parent'), [2]);
        assert.ok(!scratch.versions().includes('003'));
      });
    }

    it('does not blame a step for rows that pointed nowhere before', async () => {
      await run();
      scratch.exec('INSERT INTO child VALUES (20, 500)');
      scratch.migrate({ '002_ok': 'UPDATE child SET p = 1 WHERE id = 10; CREATE TABLE x (y);' });
      assert.equal((await run()).outcome, 'done');
      scratch.migrate({ '003_bad': 'UPDATE child SET p = 501 WHERE id = 11;' });
      assert.equal((await run()).error?.code, 'foreignKeys.violated');
      assert.deepEqual(scratch.values('SELECT p FROM child WHERE id = 11'), [2]);
    });

    it('stops a rebuild with foreign keys on that would delete children', async () => {
      scratch.migrate({
        '002_rebuild': `-- lockstep: foreign_keys:true
          CREATE TABLE p2 (id INTEGER PRIMARY KEY); INSERT INTO p2 SELECT id FROM parent;
          DROP TABLE parent; ALTER TABLE p2 RENAME TO parent;`,
      });
      const result = await run();
      assert.equal(result.error?.code, 'children.vanished', JSON.stringify(result));
      assert.deepEqual(scratch.values('SELECT count(*) FROM child'), [3]);
    });
  });

  /** What ends a run that is asked for; the database is as before. */
  async function isUndone(code: string, change?: Partial<RunRequest>): Promise<void> {
    const before = scratch.rows('SELECT * FROM sqlite_schema');
    const result = await run(change);
    assert.deepEqual(
      [result.outcome, result.error?.code],
      ['failed', code],
      JSON.stringify(result),
    );
    assert.deepEqual(result.applied, []);
    assert.deepEqual(scratch.rows('SELECT * FROM sqlite_schema'), before);
  }

  async function works(change?: Partial<RunRequest>): Promise<void> {
    const result = await run(change);
    assert.equal(result.outcome, 'done', JSON.stringify(result));
  }

  for (const [parent, child] of [
    ['p', 'Ärzte'],
    ['Клиенты', 'Заказы'],
    ['P', 'C'],
  ]) {
    it(`checks the references of ${child}, as SQLite compares names`, async () => {
      scratch.exec(`CREATE TABLE "${parent}" (id INTEGER PRIMARY KEY);
        CREATE TABLE "${child}" (p REFERENCES "${parent}");
        INSERT INTO "${parent}" VALUES (1); INSERT INTO "${child}" VALUES (1);`);
      scratch.migrate({ '001_a': `DELETE FROM "${parent}";` });
      await isUndone('foreignKeys.violated');
      assert.deepEqual(scratch.values(`SELECT count(*) FROM "${parent}"`), [1]);
    });
  }

  it('checks what a trigger has done that is gone at the end', async () => {
    scratch.exec(`CREATE TABLE a (x); CREATE TABLE b (id INTEGER PRIMARY KEY);
      CREATE TABLE c (b REFERENCES b);
      CREATE TRIGGER a_gone AFTER DELETE ON a BEGIN DELETE FROM b; END;
      INSERT INTO a VALUES (1); INSERT INTO b VALUES (1); INSERT INTO c VALUES (1);`);
    scratch.migrate({ '001_a': 'DELETE FROM a; DROP TRIGGER a_gone;' });
    await isUndone('foreignKeys.violated');
    assert.deepEqual(scratch.values('SELECT count(*) FROM b'), [1]);
  });

  describe('where rows pointed nowhere before', () => {
    beforeEach(() =>
      scratch.exec(`CREATE TABLE p (id INTEGER PRIMARY KEY);
        CREATE TABLE c (id INTEGER PRIMARY KEY, p REFERENCES p);
        INSERT INTO p VALUES (2); INSERT INTO c VALUES (1, 99), (2, 2);`),
    );

    it('renames the child, the parent and the column', async () => {
      scratch.migrate({
        '001_child': 'ALTER TABLE c RENAME TO kids;',
        '002_parent': 'ALTER TABLE p RENAME TO people;',
        '003_column': 'ALTER TABLE kids RENAME COLUMN p TO parent;',
      });
      await works();
      assert.deepEqual(scratch.values('SELECT parent FROM kids'), [99, 2]);
    });

    it('renumbers the child', async () => {
      scratch.migrate({ '001_a': 'UPDATE c SET id = id + 100;' });
      await works();
    });

    for (const sql of [
      'DELETE FROM c WHERE id = 1; DELETE FROM p;',
      'UPDATE c SET p = 98 WHERE id = 1;',
      'INSERT INTO c VALUES (3, 99);',
      'ALTER TABLE c RENAME TO kids; INSERT INTO kids VALUES (3, 98);',
    ]) {
      it(`undoes what makes others point nowhere: ${sql}`, async () => {
        scratch.migrate({ '001_a': sql });
        await isUndone('foreignKeys.violated');
        assert.deepEqual(scratch.values('SELECT p FROM c'), [99, 2]);
      });
    }

    for (const files of [
      ['UPDATE c SET id = id + 100;', 'CREATE TABLE t2 (x);', 'INSERT INTO missing VALUES (1);'],
      ['CREATE TABLE t2 (x);', 'UPDATE c SET id = id + 100;', 'INSERT INTO missing VALUES (1);'],
    ]) {
      it(`all or nothing stays so: ${files.join(' ')}`, async () => {
        scratch.migrate(Object.fromEntries(files.map((sql, at) => [`00${at + 1}_a`, sql])));
        await isUndone('sql.failed', { transaction: 'all' });
        assert.deepEqual(scratch.values('SELECT id FROM c'), [1, 2]);
        scratch.migrate({ '003_a': 'UPDATE c SET id = id + 1000;' });
        await works({ transaction: 'all' });
        assert.deepEqual(scratch.values('SELECT id FROM c'), [1101, 1102]);
      });
    }

    it('says in an all-or-nothing run which migration has violated them', async () => {
      scratch.migrate({
        '001_a': 'UPDATE c SET id = id + 100;',
        '002_b': 'INSERT INTO c VALUES (3, 98);',
        '003_c': 'CREATE TABLE t3 (x);',
      });
      const result = await run({ transaction: 'all' });
      assert.equal(result.error?.code, 'foreignKeys.violated');
      assert.equal(result.error?.params.migration, '002_b');
      assert.deepEqual(scratch.values('SELECT id FROM c'), [1, 2]);
    });
  });

  describe('where SQLite itself cannot check them', () => {
    it('undoes a rebuild that loses the unique key and the values', async () => {
      scratch.exec(`CREATE TABLE p (id INTEGER PRIMARY KEY, code TEXT UNIQUE);
        CREATE TABLE c (code REFERENCES p (code));
        INSERT INTO p VALUES (1, 'a'); INSERT INTO c VALUES ('a');`);
      const rebuild = (code: string): string => `CREATE TABLE n (id INTEGER PRIMARY KEY, code TEXT);
        INSERT INTO n SELECT id, ${code} FROM p; DROP TABLE p; ALTER TABLE n RENAME TO p;`;
      scratch.migrate({ '001_a': rebuild('upper(code)') });
      await isUndone('foreignKeys.violated');
      scratch.migrate({ '001_a': rebuild('code') });
      await works();
    });

    it('checks the other references of such a table', async () => {
      scratch.exec(`CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE q (k);
        CREATE TABLE c (q REFERENCES q (k), p REFERENCES p);
        INSERT INTO p VALUES (1); INSERT INTO q VALUES ('k'); INSERT INTO c VALUES ('k', 1);`);
      scratch.migrate({ '001_a': 'DELETE FROM p;' });
      await isUndone('foreignKeys.violated');
      scratch.migrate({ '001_a': "INSERT INTO c VALUES ('k', NULL);" });
      await works();
    });

    for (const reference of ['missing', 'p (missing)', 'p', 'w', 'v (x)']) {
      it(`lets people define them: REFERENCES ${reference}`, async () => {
        scratch.exec(`CREATE TABLE p (x); CREATE VIEW v AS SELECT 1 AS x;
          CREATE TABLE w (a, b, PRIMARY KEY (a, b)) WITHOUT ROWID;`);
        scratch.migrate({
          '001_a': `CREATE TABLE c (id INTEGER PRIMARY KEY, x REFERENCES ${reference});
            INSERT INTO c (x) VALUES (NULL);`,
        });
        await works();
      });
    }
  });

  describe('enforced, with a parent that is made again', () => {
    beforeEach(() =>
      scratch.exec(`CREATE TABLE users (id INTEGER PRIMARY KEY);
        CREATE TABLE notes (id INTEGER PRIMARY KEY, u REFERENCES users ON DELETE CASCADE);
        CREATE TABLE comments (note REFERENCES notes ON DELETE CASCADE);
        INSERT INTO users VALUES (1); INSERT INTO notes VALUES (1, 1);
        INSERT INTO comments VALUES (1), (1);`),
    );
    const rebuild = `CREATE TABLE n (id INTEGER PRIMARY KEY, u REFERENCES users ON DELETE CASCADE);
      INSERT INTO n SELECT * FROM notes; DROP TABLE notes; ALTER TABLE n RENAME TO notes;`;
    const enforced = (sql: string): void => {
      scratch.migrate({ '001_a': `-- lockstep: foreign_keys:true\n${sql}` });
    };

    for (const [what, sql] of [
      ['ON DELETE in its text', rebuild],
      ['the child named', `${rebuild} CREATE INDEX by_note ON comments (note);`],
      [
        'the child copied too late',
        `${rebuild} CREATE TABLE n (note REFERENCES notes); INSERT INTO n SELECT * FROM comments;
          DROP TABLE comments; ALTER TABLE n RENAME TO comments;`,
      ],
      ['a grandchild', 'DROP TABLE users;'],
    ] as const) {
      it(`stops what would delete children: ${what}`, async () => {
        enforced(sql);
        await isUndone('children.vanished');
        assert.deepEqual(scratch.values('SELECT note FROM comments'), [1, 1]);
      });
    }

    for (const [what, sql, left] of [
      ['deleted before by a statement', `DELETE FROM comments; ${rebuild}`, 0],
      [
        'brought back from a copy',
        `CREATE TABLE kept AS SELECT * FROM comments; ${rebuild}
          INSERT INTO comments SELECT * FROM kept; DROP TABLE kept;`,
        2,
      ],
    ] as const) {
      it(`lets children go that were ${what}`, async () => {
        enforced(sql);
        await works();
        assert.deepEqual(scratch.values('SELECT count(*) FROM comments'), [left]);
      });
    }

    it('lets children go that are dropped as well', async () => {
      enforced('DROP TABLE notes; DROP TABLE comments;');
      await works();
    });

    it('says what a deferred key has against its end', async () => {
      scratch.exec(`DROP TABLE comments;
        CREATE TABLE comments (note REFERENCES notes DEFERRABLE INITIALLY DEFERRED);
        INSERT INTO comments VALUES (1);`);
      enforced(rebuild);
      await isUndone('sql.failed');
      assert.deepEqual(scratch.values('SELECT count(*) FROM comments'), [1]);
    });
  });
});
