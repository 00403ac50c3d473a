import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { LintWarning } from '../../../../src/core/lint/rule';
import { lintRules } from '../../../../src/core/lint/rules';
import { describeLint } from '../../../../src/messages/lint';
import { plainTranslate } from '../../../../src/messages/text';
import type { Engine } from '../../../../src/sqlite/engine';
import { loadEngine } from '../../../../src/sqlite/engines';
import { lintLine, lintMigration, type LintCase } from '../../../support/lintMigration';
import { wasmPath } from '../../../support/sqlJs';

/** Three notes, two of them alike, one without a tag. */
const notes = `
  CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL, tag TEXT);
  CREATE TABLE comments (note, text);
  CREATE TABLE empty (a, b);
  INSERT INTO notes (body, tag) VALUES ('a', 'x'), ('a', 'y'), ('b', NULL);
  INSERT INTO comments VALUES (1, 'first'), (NULL, 'none');`;

/** The same, and comments that refer to notes. */
const tied = notes.replace('(note,', '(note REFERENCES notes (id) ON DELETE CASCADE,');

const outside = '-- lockstep: transaction:false\n';
const enforced = '-- lockstep: foreign_keys:true\n';

for (const engineName of ['native', 'sqljs'] as const) {
  describe(`lint rules, tried by ${engineName}`, () => {
    let engine: Engine;
    let native: Engine;

    before(async () => {
      native = await loadEngine('native', wasmPath);
      engine = await loadEngine(engineName, wasmPath);
    });

    /** What is found, one line each; the migration has to work unless said otherwise. */
    async function lint(
      given: string | Partial<LintCase>,
      { fails = false } = {},
    ): Promise<string[]> {
      const change = typeof given === 'string' ? { up: given } : given;
      const { warnings, problems } = await lintMigration(
        { native, engine },
        {
          start: notes,
          up: '',
          ...change,
        },
      );
      assert.equal(problems.length > 0, fails, JSON.stringify(problems));
      return warnings.map(lintLine);
    }

    describe('no-where', () => {
      const all = 'no-where verb=DELETE table=notes rows=3';

      it('finds DELETE and UPDATE of every row, with their number', async () => {
        assert.deepEqual(await lint('DELETE FROM notes;'), [`up 1:1 ${all}`]);
        assert.deepEqual(await lint("UPDATE notes SET body = 'z'"), [
          'up 1:1 no-where verb=UPDATE table=notes rows=3',
        ]);
      });

      it('finds them by any name, at the right place', async () => {
        assert.deepEqual(
          await lint('\ufeff-- é\r\nSELECT 1;\r\n\r\n  /* x */ DELETE FROM main."NOTES"\r\n;'),
          ['up 4:11 no-where verb=DELETE table=NOTES rows=3'],
        );
        for (const sql of ['DELETE FROM [notes]', 'DELETE FROM `notes`', "DELETE FROM 'notes'"]) {
          assert.deepEqual(await lint(sql), [`up 1:1 ${all}`], sql);
        }
        assert.deepEqual(
          await lint('WITH gone AS (SELECT id FROM notes WHERE id = 1) DELETE FROM notes;'),
          [`up 1:1 ${all}`],
        );
        assert.deepEqual(await lint('DELETE FROM notes RETURNING id'), [`up 1:1 ${all}`]);
      });

      it('is not fooled by WHERE in strings, comments, names and subqueries', async () => {
        assert.deepEqual(await lint('DELETE FROM notes -- WHERE id = 1'), [`up 1:1 ${all}`]);
        assert.deepEqual(
          await lint("UPDATE notes SET body = ' WHERE ', tag = (SELECT 1 WHERE 0) /* WHERE */"),
          ['up 1:1 no-where verb=UPDATE table=notes rows=3'],
        );
        assert.deepEqual(
          await lint("UPDATE notes SET body = 'n' FROM (SELECT 1 AS q WHERE 1) AS other"),
          ['up 1:1 no-where verb=UPDATE table=notes rows=3'],
        );
      });

      it('lets through what has a condition, or is something else', async () => {
        for (const sql of [
          'DELETE FROM notes WHERE true',
          'DELETE FROM notes\r\nwHeRe\r\nid = 1',
          "UPDATE notes SET body = CASE WHEN id = 1 THEN 'a' ELSE 'b' END WHERE id < 3",
          'UPDATE notes SET body = o.text FROM comments AS o WHERE o.note = notes.id',
          "INSERT INTO notes VALUES (1, 'q', 'q') ON CONFLICT (id) DO UPDATE SET body = 'q'",
          'REPLACE INTO notes (body) VALUES (1)',
          'WITH x AS (SELECT 1) SELECT replace(body, 1, 2) FROM notes, x',
          'EXPLAIN DELETE FROM notes',
          "SELECT 'DELETE FROM notes'",
          'CREATE TRIGGER g AFTER INSERT ON notes BEGIN DELETE FROM comments; UPDATE empty SET a = CASE WHEN 1 THEN 2 END; END;',
          'CREATE VIEW v AS SELECT * FROM notes; CREATE TRIGGER g INSTEAD OF DELETE ON v BEGIN DELETE FROM notes; END; DELETE FROM v WHERE id = 7',
          'WITH gone AS (SELECT 1 AS id) DELETE FROM notes WHERE id IN (SELECT id FROM gone)',
        ]) {
          assert.deepEqual(await lint(sql), [], sql);
        }
      });

      it('lets through tables of the migration’s own', async () => {
        for (const sql of [
          'CREATE TABLE n (a); INSERT INTO n VALUES (1); DELETE FROM n; UPDATE n SET a = 1;',
          'CREATE TEMP TABLE n AS SELECT * FROM notes; DELETE FROM temp.n; DELETE FROM n;',
          'CREATE TABLE n (a); ALTER TABLE n RENAME TO "n 2"; DELETE FROM "n 2";',
        ]) {
          assert.deepEqual(await lint(sql), [], sql);
        }
      });

      it('lets new columns be filled, and such that have no value yet, but no others', async () => {
        const added = "ALTER TABLE notes ADD COLUMN slug TEXT; ALTER TABLE notes ADD 'n w' INT;";
        for (const set of ['slug = lower(body)', 'slug = 1, "n w" = 2', '(slug, [n w]) = (1, 2)']) {
          assert.deepEqual(await lint(`${added} UPDATE notes AS n SET ${set}`), [], set);
        }
        const filled = 'ALTER TABLE notes ADD COLUMN n DEFAULT 0; UPDATE notes SET n = id';
        assert.deepEqual(await lint(filled), []);
        assert.deepEqual(await lint({ up: filled, schemaOnly: true }), []);
        const start = `${notes} ALTER TABLE notes ADD COLUMN later`;
        assert.deepEqual(await lint({ start, up: 'UPDATE notes SET later = id' }), []);
        for (const set of ['slug = 1, tag = 2', 'tag = slug', '(slug, tag) = (1, 2)']) {
          assert.equal((await lint(`${added} UPDATE notes SET ${set}`)).length, 1, set);
        }
        assert.equal((await lint('UPDATE empty SET a = 1')).length, 1);
      });

      it('knows in the down migration what the up migration has made', async () => {
        const up =
          'CREATE TABLE n (a); ALTER TABLE notes ADD COLUMN c; CREATE TABLE x (a); DROP TABLE x;';
        const undo = 'DROP TABLE n; ALTER TABLE notes DROP COLUMN c;';
        assert.deepEqual(
          await lint({ up, down: `DELETE FROM n; UPDATE notes SET c = 1; ${undo}` }),
          [],
        );
        assert.deepEqual(await lint({ up, down: `DELETE FROM notes; ${undo}` }), [
          'down 1:1 no-where verb=DELETE table=notes rows=3',
        ]);
      });

      it('has no numbers where there is no data, or the statement was not reached', async () => {
        assert.deepEqual(await lint({ up: 'DELETE FROM notes', schemaOnly: true }), [
          'up 1:1 no-where verb=DELETE table=notes',
        ]);
        assert.deepEqual(await lint('SELEC 1;\nDELETE FROM notes', { fails: true }), [
          'up 2:1 no-where verb=DELETE table=notes',
        ]);
      });
    });

    describe('drop-with-rows', () => {
      it('finds tables and columns with something in them', async () => {
        assert.deepEqual(await lint('DROP TABLE IF EXISTS main.[Comments];'), [
          'up 1:1 drop-with-rows case=table table=Comments rows=2',
        ]);
        assert.deepEqual(await lint('ALTER TABLE notes DROP COLUMN tag; -- rows'), [
          'up 1:1 drop-with-rows case=column table=notes column=tag rows=2',
        ]);
        assert.deepEqual(await lint('ALTER TABLE notes DROP "tag"'), [
          'up 1:1 drop-with-rows case=column table=notes column=tag rows=2',
        ]);
      });

      it('lets through what is empty, missing, temporary or made here', async () => {
        for (const sql of [
          'DROP TABLE empty',
          'ALTER TABLE empty DROP COLUMN a',
          'DROP TABLE IF EXISTS nowhere',
          'DELETE FROM comments WHERE 1; DROP TABLE comments',
          'UPDATE notes SET tag = NULL WHERE 1; ALTER TABLE notes DROP COLUMN tag',
          'CREATE TABLE n AS SELECT * FROM notes; DROP TABLE n',
          'CREATE TEMP TABLE notes AS SELECT 1; DROP TABLE temp.notes',
          'ALTER TABLE notes ADD COLUMN c DEFAULT 1; ALTER TABLE notes DROP COLUMN c',
          'ALTER TABLE notes ADD COLUMN c AS (body || 1); ALTER TABLE notes DROP COLUMN c',
          'CREATE VIEW v AS SELECT * FROM notes; DROP VIEW v',
          "CREATE TRIGGER g AFTER INSERT ON empty BEGIN SELECT 'DROP TABLE notes; '; END",
        ]) {
          assert.deepEqual(await lint(sql), [], sql);
        }
        const start = `${notes} ALTER TABLE notes ADD COLUMN made AS (body || tag)`;
        assert.deepEqual(await lint({ start, up: 'ALTER TABLE notes DROP COLUMN made' }), []);
      });

      it('is silent where SQLite refuses', async () => {
        for (const sql of [
          'ALTER TABLE notes DROP INDEX by_tag',
          'ALTER TABLE notes DROP COLUMN nothing',
          'ALTER TABLE nowhere DROP COLUMN tag',
          'DROP TABLE nowhere',
        ]) {
          assert.deepEqual(await lint(sql, { fails: true }), [], sql);
        }
      });

      it('knows the rebuild that keeps the rows, in either order', async () => {
        const columns = '(id INTEGER PRIMARY KEY, body TEXT, tag TEXT)';
        for (const sql of [
          `CREATE TABLE "notes new" ${columns};
           INSERT INTO "notes new" SELECT id, body, tag FROM notes;
           DROP TABLE notes; ALTER TABLE "notes new" RENAME TO notes;`,
          `CREATE TABLE n AS SELECT * FROM notes; ALTER TABLE n RENAME TO "n 2"; DROP TABLE notes`,
          `CREATE TABLE n AS SELECT * FROM notes; ALTER TABLE notes RENAME TO old; DROP TABLE old`,
          `CREATE TABLE n AS SELECT * FROM notes; DROP TABLE notes;
           ALTER TABLE n RENAME TO notes;`,
          `CREATE TABLE a (id, b); CREATE TABLE c (id, b);
           INSERT INTO a SELECT id, body FROM notes WHERE id < 2;
           WITH n AS (SELECT * FROM notes) INSERT INTO c SELECT id, body FROM n WHERE id >= 2;
           DROP TABLE notes; ALTER TABLE c RENAME TO notes`,
          `CREATE TABLE t (body UNIQUE); INSERT INTO t SELECT DISTINCT body FROM notes;
           DROP TABLE notes; ALTER TABLE t RENAME TO notes;`,
        ]) {
          const found = await lint({
            start: notes.replace(
              /CREATE TABLE comments.*\n/,
              'CREATE TABLE comments (note, text);\n',
            ),
            up: sql,
          });
          assert.deepEqual(found, [], sql);
        }
      });

      it('counts what a rebuild loses', async () => {
        const sql = `CREATE TABLE c (note, text);
          INSERT INTO c SELECT * FROM comments WHERE note NOT NULL;
          DROP TABLE comments; ALTER TABLE c RENAME TO comments;`;
        assert.deepEqual(await lint(sql), [
          'up 3:11 drop-with-rows case=partly table=comments rows=2 kept=1',
        ]);
        const renamed = `CREATE TABLE c AS SELECT * FROM comments WHERE note NOT NULL;
          ALTER TABLE c RENAME TO d; DROP TABLE comments;`;
        assert.deepEqual(await lint(renamed), [
          'up 2:38 drop-with-rows case=partly table=comments rows=2 kept=1',
        ]);
      });

      it('lets a column go whose values were put elsewhere', async () => {
        for (const sql of [
          'ALTER TABLE notes ADD label; UPDATE notes SET label = tag; ALTER TABLE notes DROP tag',
          'CREATE TABLE t AS SELECT id, tag FROM notes; ALTER TABLE notes DROP COLUMN tag',
          'INSERT INTO empty SELECT id, tag FROM notes; ALTER TABLE notes DROP COLUMN tag',
        ]) {
          assert.deepEqual(await lint(sql), [], sql);
        }
        const sql = "UPDATE notes SET tag = 'q' WHERE 1; ALTER TABLE notes DROP tag";
        assert.deepEqual(await lint(sql), [
          'up 1:37 drop-with-rows case=column table=notes column=tag rows=3',
        ]);
      });

      it('spares what the up migration has made, in the down migration, and nothing else', async () => {
        const up =
          'CREATE TABLE n (a); INSERT INTO n VALUES (1); ALTER TABLE notes ADD c DEFAULT 1';
        const down = 'DROP TABLE n; ALTER TABLE notes DROP c;';
        assert.deepEqual(await lint({ up, down }), []);
        const more = await lint({ up, down: `${down} ALTER TABLE notes DROP tag` });
        assert.match(
          more.join('\n'),
          /down 1:41 drop-with-rows case=column table=notes column=tag/,
        );
      });

      it('has no numbers where there is no data', async () => {
        assert.deepEqual(await lint({ up: 'DROP TABLE comments', schemaOnly: true }), [
          'up 1:1 drop-with-rows case=table table=comments',
        ]);
      });
    });

    describe('unique-over-duplicates', () => {
      it('counts values and rows', async () => {
        assert.deepEqual(await lint('CREATE UNIQUE INDEX i ON notes (body)', { fails: true }), [
          'up 1:1 unique-over-duplicates table=notes columns=body values=1 rows=2',
        ]);
      });

      it('sees what the index sees: collation, condition, expression, several columns', async () => {
        const start = `CREATE TABLE t (a, "b, c" TEXT, n TEXT COLLATE NOCASE);
          INSERT INTO t VALUES (1, 'x', 'p'), (1, 'x', 'P'), (2, 'X', 'q'), (NULL, 'z', 'r'), (NULL, 'z', 's');`;
        const found = async (up: string, fails = true): Promise<string> =>
          (await lint({ start, up }, { fails })).join().replace(/^.*columns=/, '');
        assert.equal(await found('CREATE UNIQUE INDEX i ON t (a)'), 'a values=1 rows=2');
        assert.equal(await found('CREATE UNIQUE INDEX i ON t (n)'), 'n values=1 rows=2');
        assert.equal(await found('CREATE UNIQUE INDEX i ON t (n COLLATE BINARY)', false), '');
        assert.equal(
          await found(
            'CREATE UNIQUE INDEX IF NOT EXISTS main."i" ON [t] ("b, c" collate nocase DESC)',
          ),
          '"b, c" collate nocase values=2 rows=5',
        );
        assert.equal(
          await found('CREATE UNIQUE INDEX i ON t (a ASC, n) -- x'),
          'a, n values=1 rows=2',
        );
        assert.equal(
          await found('CREATE UNIQUE INDEX i ON t (lower("b, c")) WHERE a > 1;', false),
          '',
        );
        assert.equal(
          await found('CREATE UNIQUE INDEX i ON t (substr("b, c", 1, 1)) WHERE a NOT NULL -- x\n;'),
          'substr("b, c", 1, 1) values=1 rows=2',
        );
      });

      it('lets through what is unique, not asked to be, or has no data here', async () => {
        for (const sql of [
          'CREATE UNIQUE INDEX i ON notes (id, body)',
          'CREATE UNIQUE INDEX i ON notes (tag)',
          "CREATE UNIQUE INDEX i ON notes ('id')",
          "CREATE UNIQUE INDEX i ON notes ('tag' COLLATE NOCASE DESC)",
          'CREATE INDEX "unique" ON notes (body)',
          'CREATE INDEX i ON notes (body); CREATE UNIQUE INDEX IF NOT EXISTS i ON notes (body)',
        ]) {
          const found = await lint(sql);
          assert.doesNotMatch(found.join(), /unique-over/, sql);
        }
        const up = 'CREATE UNIQUE INDEX i ON notes (body)';
        assert.deepEqual(await lint({ up, schemaOnly: true }), []);
      });

      it('does not count in very large tables', async () => {
        const start = (rows: number): string => `CREATE TABLE notes (body);
          WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
          INSERT INTO notes SELECT 1 FROM n;`;
        const up = 'CREATE UNIQUE INDEX i ON notes (body)';
        assert.equal((await lint({ start: start(300_000), up }, { fails: true })).length, 1);
        assert.deepEqual(await lint({ start: start(300_001), up }, { fails: true }), []);
      });
    });

    describe('not-null-without-default', () => {
      it('finds what only an empty table takes', async () => {
        for (const [column, what] of [
          ['c TEXT NOT NULL', 'notNull'],
          ['"c" TEXT(9) CONSTRAINT k NOT NULL ON CONFLICT IGNORE DEFAULT NULL', 'notNull'],
          ['c NOT NULL DEFAULT (NULL)', 'notNull'],
          ['c DEFAULT CURRENT_TIMESTAMP', 'computed'],
          ["c NOT NULL DEFAULT (datetime('now'))", 'computed'],
          ['c DEFAULT (1 + 1)', 'computed'],
          ['c INTEGER GENERATED ALWAYS AS (a + 1) STORED', 'stored'],
        ] as const) {
          const sql = `ALTER TABLE empty ADD COLUMN ${column};`;
          assert.deepEqual(
            await lint(sql),
            [`up 1:1 not-null-without-default case=${what} table=empty column=c`],
            sql,
          );
          // SQLite's own word for it
          await lint(sql.replace('empty', 'notes').replace('a + 1', 'id + 1'), { fails: true });
        }
      });

      it('lets through what a table with rows takes as well', async () => {
        for (const column of [
          'c',
          'c NOT NULL DEFAULT 0',
          "c NOT NULL DEFAULT ''",
          'c DEFAULT (-1.5) NOT NULL',
          "c NOT NULL DEFAULT ('x')",
          'c NOT NULL DEFAULT true',
          'c DEFAULT +1',
          'c CHECK (c IS NOT NULL OR c IS NULL)',
          'c AS (id + 1)',
          'c AS (id + 1) NOT NULL',
          'c REFERENCES empty DEFAULT NULL',
          'c DEFAULT NULL',
          "c NOT NULL DEFAULT (CAST('1' AS INT))",
          "c /* NOT NULL */ DEFAULT 'NOT NULL' -- NOT NULL",
        ]) {
          const start = `${notes} DELETE FROM notes`;
          const up = `ALTER TABLE notes ADD COLUMN ${column}`;
          assert.deepEqual(await lint({ start, up }), [], column);
          await lint(up); // works with rows
        }
      });

      it('leaves it to the rehearsal where there are rows, and spares the migration’s own tables', async () => {
        const sql = 'ALTER TABLE notes ADD c NOT NULL';
        assert.deepEqual(await lint(sql, { fails: true }), []);
        assert.deepEqual(await lint('CREATE TABLE n (a); ALTER TABLE n ADD c NOT NULL'), []);
        assert.deepEqual(await lint({ up: sql, schemaOnly: true }), [
          'up 1:1 not-null-without-default case=notNull table=notes column=c',
        ]);
      });
    });

    describe('if-not-exists', () => {
      it('finds another definition', async () => {
        const found = await lint('CREATE TABLE IF NOT EXISTS main."Empty" (a, b, c);');
        assert.deepEqual(found, [
          'up 1:1 if-not-exists name=empty existing=CREATE TABLE empty (a, b)',
        ]);
        const start = `CREATE TABLE t (a, b); CREATE TABLE u (a, b); CREATE INDEX i ON t (a);
          CREATE VIEW v AS SELECT a FROM t;
          CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 'a;b'; END;`;
        for (const up of [
          'CREATE INDEX IF NOT EXISTS i ON t (b)',
          'CREATE INDEX IF NOT EXISTS i ON u (a)',
          'CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a)',
          'CREATE VIEW IF NOT EXISTS v AS SELECT b FROM t',
          'CREATE VIEW IF NOT EXISTS t AS SELECT 1',
          'CREATE TABLE IF NOT EXISTS v (a)',
          'CREATE TABLE IF NOT EXISTS t AS SELECT 1 AS a, 2 AS b',
          "CREATE TRIGGER IF NOT EXISTS g AFTER INSERT ON t BEGIN SELECT 'A;b'; END",
          'CREATE TABLE x (a); CREATE TABLE IF NOT EXISTS x (b)',
        ]) {
          const lines = await lint({ start, up });
          assert.match(lines.join('\n'), /^up 1:\d+ if-not-exists name=\S+ existing=\S+/, up);
        }
      });

      it('lets through the same definition, however it is written, and what is not there', async () => {
        const start = `CREATE TABLE t (a TEXT, "b c" INT DEFAULT 'X'); CREATE INDEX i ON t (a);
          ALTER TABLE t ADD COLUMN d REAL;
          CREATE VIEW v AS SELECT a, max("b c") FROM t;
          CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM t; END;`;
        for (const up of [
          "create table if not exists [T]( A text,\r\n [b c] int default 'X' -- c\r\n, d REAL);",
          "CREATE TABLE IF NOT EXISTS t(a TEXT,`b c` INT DEFAULT 'X',d REAL)",
          'CREATE INDEX IF NOT EXISTS main.i ON "t"(a);',
          'CREATE VIEW IF NOT EXISTS v AS select a, MAX("b c") FROM t',
          'CREATE TRIGGER IF NOT EXISTS g AFTER INSERT ON t BEGIN SELECT CASE WHEN 1 THEN 2 END;\n DELETE FROM t; END;',
          'CREATE TABLE IF NOT EXISTS u (a)',
          'CREATE TEMP TABLE IF NOT EXISTS t (z)',
          "SELECT 'CREATE TABLE IF NOT EXISTS t (z)'",
        ]) {
          assert.deepEqual(await lint({ start, up }), [], up);
        }
      });
    });

    describe('transaction-control', () => {
      it('says that an outer transaction is left out', async () => {
        assert.deepEqual(await lint('\r\nBEGIN IMMEDIATE;\r\nCREATE TABLE n (a);\r\nEND;'), [
          'up 2:1 transaction-control case=outer (harmless)',
        ]);
      });

      it('says that another one takes the whole migration out of its own', async () => {
        assert.deepEqual(await lint('CREATE TABLE n (a); BEGIN; CREATE TABLE m (a); COMMIT;'), [
          'up 1:21 transaction-control case=inner',
        ]);
      });

      it('lets through what was asked for, savepoints, triggers and names', async () => {
        for (const sql of [
          `${outside}BEGIN; CREATE TABLE n (a); COMMIT;`,
          'SAVEPOINT s; CREATE TABLE n (a); RELEASE s;',
          'CREATE TRIGGER g AFTER INSERT ON notes BEGIN SELECT 1; END;',
          'CREATE TABLE "begin" ("commit"); -- BEGIN;\n',
          "SELECT 'BEGIN; COMMIT;'",
        ]) {
          assert.deepEqual(await lint(sql), [], sql);
        }
      });
    });

    describe('pragma-without-effect', () => {
      const pragma = (what: string, name: string, harmless = false): string =>
        `pragma-without-effect case=${what} pragma=${name}${harmless ? ' (harmless)' : ''}`;

      it('says what foreign_keys does in a transaction: nothing', async () => {
        assert.deepEqual(await lint('PRAGMA foreign_keys=ON;\nINSERT INTO empty VALUES (1, 2)'), [
          `up 1:1 ${pragma('foreignKeysOff', 'foreign_keys = ON')}`,
        ]);
        assert.deepEqual(
          await lint(`${enforced}PRAGMA main.foreign_keys(off);\nDELETE FROM notes WHERE id = 1`),
          [`up 2:1 ${pragma('foreignKeysOn', 'foreign_keys = OFF')}`],
        );
        const rebuild = 'PRAGMA foreign_keys=0; CREATE TABLE n (a); PRAGMA foreign_keys=1;';
        assert.deepEqual(await lint(rebuild), [
          `up 1:1 ${pragma('foreignKeysAlready', 'foreign_keys = OFF', true)}`,
          `up 1:44 ${pragma('foreignKeysAlready', 'foreign_keys = ON', true)}`,
        ]);
      });

      it('lets foreign_keys through where it works: outside a transaction, or as a question', async () => {
        assert.deepEqual(
          await lint(`${outside}PRAGMA foreign_keys=ON; INSERT INTO empty VALUES (1, 2)`),
          [],
        );
        assert.deepEqual(await lint('PRAGMA foreign_keys; PRAGMA foreign_key_check; SELECT 1'), []);
        assert.deepEqual(
          await lint(
            `${outside}BEGIN; PRAGMA foreign_keys=ON; INSERT INTO empty VALUES (1, 2); COMMIT`,
          ),
          [`up 2:8 ${pragma('foreignKeysOff', 'foreign_keys = ON')}`],
        );
      });

      it('says what is left out, or ends with the connection', async () => {
        assert.deepEqual(await lint('PRAGMA synchronous = OFF; CREATE TABLE n (a)'), [
          `up 1:1 ${pragma('leftOut', 'synchronous', true)}`,
        ]);
        assert.deepEqual(await lint('PRAGMA busy_timeout = 5000; CREATE TABLE n (a)'), [
          `up 1:1 ${pragma('connection', 'busy_timeout', true)}`,
        ]);
      });

      it('says which one takes the whole migration out of its transaction', async () => {
        assert.deepEqual(await lint('CREATE TABLE n (a); PRAGMA journal_mode = DELETE;'), [
          `up 1:21 ${pragma('outside', 'journal_mode')}`,
        ]);
        assert.deepEqual(await lint('PRAGMA journal_mode = DELETE'), []);
        assert.deepEqual(
          await lint(`${outside}PRAGMA journal_mode = DELETE; CREATE TABLE n (a)`),
          [],
        );
        assert.deepEqual(await lint('PRAGMA journal_mode; CREATE TABLE n (a)'), []);
      });

      it('knows what needs a VACUUM, or cannot change', async () => {
        assert.deepEqual(await lint('PRAGMA page_size = 8192'), [
          `up 1:1 ${pragma('needsVacuum', 'page_size')}`,
        ]);
        assert.deepEqual(await lint("PRAGMA encoding = 'UTF-16'"), [
          `up 1:1 ${pragma('encoding', 'encoding')}`,
        ]);
        assert.deepEqual(await lint('PRAGMA auto_vacuum = FULL'), [
          `up 1:1 ${pragma('needsVacuum', 'auto_vacuum')}`,
        ]);
        for (const sql of [
          'PRAGMA page_size = 8192; VACUUM',
          'PRAGMA auto_vacuum = NONE',
          'PRAGMA encoding = "UTF-8"',
          'PRAGMA page_size = 4096',
        ]) {
          assert.deepEqual(await lint(sql), [], sql);
        }
        assert.deepEqual(await lint({ start: '', up: 'PRAGMA page_size = 8192' }), []);
      });

      it('finds names that SQLite does not know, and only these', async () => {
        assert.deepEqual(await lint('PRAGMA foreign_key = ON'), [
          `up 1:1 ${pragma('unknown', 'foreign_key')}`,
        ]);
        for (const sql of [
          'PRAGMA user_version = 3',
          'PRAGMA Application_Id = 3',
          'PRAGMA main.table_info(notes)',
          'PRAGMA defer_foreign_keys = ON',
          'PRAGMA legacy_alter_table = ON; SELECT 1',
          "PRAGMA key = 'secret'",
          "SELECT 'PRAGMA nonsense'",
        ]) {
          assert.deepEqual(await lint(sql), [], sql);
        }
      });
    });

    describe('cascading-rebuild', () => {
      const rebuild = `CREATE TABLE n (id INTEGER PRIMARY KEY, body TEXT, tag TEXT);
        INSERT INTO n SELECT * FROM notes;
        DROP TABLE notes;
        ALTER TABLE n RENAME TO notes;`;

      it('finds a parent dropped while foreign keys are on', async () => {
        assert.deepEqual(await lint({ start: tied, up: enforced + rebuild }, { fails: true }), [
          'up 4:9 cascading-rebuild case=action table=notes child=comments action=CASCADE rows=1',
        ]);
        const start = tied.replace('CASCADE', 'SET NULL');
        assert.deepEqual(await lint({ start, up: enforced + rebuild }), [
          'up 4:9 cascading-rebuild case=action table=notes child=comments action=SET NULL rows=1',
        ]);
        assert.deepEqual(
          await lint({ start: tied, up: `${outside}PRAGMA foreign_keys=ON;\n${rebuild}` }),
          ['up 5:9 cascading-rebuild case=action table=notes child=comments action=CASCADE rows=1'],
        );
      });

      it('lets it through with foreign keys off, or without children', async () => {
        assert.deepEqual(await lint({ start: tied, up: rebuild }), []);
        assert.deepEqual(await lint({ start: tied, up: outside + rebuild }), []);
        const start = tied.replace('ON DELETE CASCADE', '').replace("(1, 'first')", "(NULL, '')");
        assert.deepEqual(await lint({ start, up: enforced + rebuild }), []);
      });

      it('finds references that followed the old table', async () => {
        const wrong = `ALTER TABLE notes RENAME TO old;
          CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT, tag TEXT);
          INSERT INTO notes SELECT * FROM old;
          DROP TABLE old;`;
        const start = `${tied} UPDATE comments SET note = NULL;`;
        assert.deepEqual(await lint({ start, up: wrong }), [
          'up 4:11 cascading-rebuild case=renamed table=old child=comments',
        ]);
        const legacy = `PRAGMA legacy_alter_table=ON; ${wrong}`;
        assert.deepEqual(await lint({ start, up: legacy }), []);
        const both = `${wrong} DROP TABLE comments; CREATE TABLE comments (note REFERENCES notes);`;
        assert.doesNotMatch((await lint({ start, up: both })).join(), /cascading/);
        const same = `${wrong} ALTER TABLE comments RENAME TO former;
          CREATE TABLE comments (note REFERENCES notes, text);
          INSERT INTO comments SELECT * FROM former; DROP TABLE former;`;
        assert.doesNotMatch((await lint({ start, up: same })).join(), /cascading/);
      });
    });

    describe('incomplete-down', () => {
      it('names what stays', async () => {
        const up = 'CREATE TABLE n (a); CREATE INDEX i ON notes (body); DROP TABLE empty;';
        assert.deepEqual(await lint({ up, down: '-- x\r\n DROP TABLE n' }), [
          'down 2:2 incomplete-down case=schema count=2 names=table empty, index i',
        ]);
      });

      it('is content with the same schema in other words', async () => {
        const up = 'ALTER TABLE empty DROP COLUMN a; ALTER TABLE notes ADD COLUMN c;';
        const down = `ALTER TABLE empty ADD COLUMN a;
          CREATE TABLE n (id INTEGER PRIMARY KEY, "body" text NOT NULL, tag TEXT);
          INSERT INTO n SELECT id, body, tag FROM notes; DROP TABLE notes;
          ALTER TABLE n RENAME TO notes;`;
        assert.deepEqual(await lint({ up, down }), []);
      });

      it('tries the up migration again', async () => {
        const start = 'CREATE TABLE kinds (name PRIMARY KEY)';
        const up = "INSERT INTO kinds VALUES ('a');";
        assert.deepEqual(await lint({ start, up, down: 'SELECT 1' }), [
          'down 1:1 incomplete-down case=again message=UNIQUE constraint failed: kinds.name',
        ]);
        assert.deepEqual(await lint({ start, up, down: "DELETE FROM kinds WHERE name = 'a'" }), []);
      });

      it('finds the empty down migration of dbmate’s files, at its marker', async () => {
        const text = (down: string): string =>
          `-- migrate:up\r\nCREATE TABLE n (a);\r\n-- migrate:down\r\n${down}`;
        assert.deepEqual(await lint({ dbmate: text('-- no way') }), [
          'down 3:1 incomplete-down case=schema count=1 names=table n',
        ]);
        assert.deepEqual(await lint({ dbmate: text('DROP TABLE n') }), []);
        assert.deepEqual(await lint({ dbmate: '-- migrate:up\nCREATE TABLE n (a)' }), []);
      });
    });

    describe('comments that pass a rule over', () => {
      it('do so for their statement', async () => {
        for (const sql of [
          '-- lockstep-ignore no-where\nDELETE FROM notes;',
          '--lockstep-ignore\r\nDELETE FROM notes;',
          '/* lockstep-ignore no-where: all are old */ DELETE FROM notes;',
          'DELETE FROM notes; -- lockstep-ignore no-where',
          'DELETE /* lockstep-ignore drop-with-rows, no-where */ FROM notes;',
          '-- lockstep-ignore no-where (they are old)\n-- really\n\nDELETE FROM notes;',
        ]) {
          assert.deepEqual(await lint(sql), [], sql);
        }
      });

      it('do so for no other statement, and no other rule', async () => {
        for (const sql of [
          '-- lockstep-ignore drop-with-rows\nDELETE FROM notes;',
          '-- lockstep-ignore nowhere\nDELETE FROM notes;',
          '-- lockstep-ignored\nDELETE FROM notes;',
          "SELECT '-- lockstep-ignore no-where';\nDELETE FROM notes;",
          'SELECT 1; -- lockstep-ignore no-where\nDELETE FROM notes;',
          '-- lockstep-ignore no-where\nSELECT 1;\nDELETE FROM notes;',
          'DELETE FROM notes;\n-- lockstep-ignore no-where\n',
        ]) {
          assert.equal((await lint(sql)).length, 1, sql);
        }
      });

      it('do so for a whole file, and both directions of one', async () => {
        const sql = 'SELECT 1; DELETE FROM notes;\nDELETE FROM comments;';
        assert.deepEqual(await lint(`-- lockstep-ignore-file no-where\n${sql}`), []);
        assert.equal((await lint(`-- lockstep-ignore-file drop-with-rows\n${sql}`)).length, 2);
        const dbmate = '-- migrate:up\nDELETE FROM notes;\n-- migrate:down\nDELETE FROM comments;';
        assert.deepEqual(await lint({ dbmate: `-- lockstep-ignore-file no-where\n${dbmate}` }), []);
        const one = dbmate.replace('DELETE', '-- lockstep-ignore no-where\nDELETE');
        assert.equal((await lint({ dbmate: one })).length, 1);
      });
    });
  });
}

describe('the sentences of lint rules', () => {
  const said = (rule: string, params: LintWarning['params']): string => {
    const place = { file: '/x.sql', line: 1, column: 1 };
    const warning = { rule, direction: 'up', place, statement: '', params } as const;
    const { message, advice } = describeLint(warning, plainTranslate);
    assert.doesNotMatch(`${message} ${advice}`, /[{}?]|undefined|NaN|-1/);
    assert.match(message, /\.$/);
    assert.match(String(advice), /\.$/);
    return message;
  };

  it('has a sentence for each rule and case, with its numbers where they are known', () => {
    const all: readonly (readonly [string, LintWarning['params'], string])[] = [
      ['no-where', { verb: 'DELETE', table: 'a', rows: 7 }, 'deletes all 7 rows of a.'],
      ['no-where', { verb: 'DELETE', table: 'a' }, 'deletes all rows of a.'],
      ['no-where', { verb: 'UPDATE', table: 'a', rows: 0 }, 'changes all rows of a.'],
      ['no-where', { verb: 'UPDATE', table: 'a', rows: 7 }, 'changes all 7 rows of a.'],
      ['drop-with-rows', { case: 'table', table: 'a', rows: 1 }, 'Drops a with 1 row.'],
      ['drop-with-rows', { case: 'table', table: 'a', rows: 7 }, 'Drops a with 7 rows.'],
      ['drop-with-rows', { case: 'table', table: 'a' }, 'Drops a with all its rows.'],
      ['drop-with-rows', { case: 'partly', table: 'a', rows: 7, kept: 3 }, 'of which 3 were'],
      ['drop-with-rows', { case: 'column', table: 'a', column: 'b', rows: 7 }, 'in 7 rows.'],
      ['drop-with-rows', { case: 'column', table: 'a', column: 'b', rows: 1 }, 'in 1 row.'],
      ['drop-with-rows', { case: 'column', table: 'a', column: 'b' }, 'with all its values.'],
      [
        'unique-over-duplicates',
        { table: 'a', columns: 'b, c', values: 3, rows: 7 },
        '3 values of b, c occur more than once in a, in 7 rows.',
      ],
      [
        'unique-over-duplicates',
        { table: 'a', columns: 'b', values: 1, rows: 2 },
        '1 value of b occurs more than once in a, in 2 rows.',
      ],
      ['no-where', { verb: 'DELETE', table: 'a', rows: 1 }, 'deletes all rows of a.'],
      ['not-null-without-default', { case: 'notNull', table: 'a', column: 'b' }, 'b is NOT NULL'],
      ['not-null-without-default', { case: 'computed', table: 'a', column: 'b' }, 'b is computed'],
      ['not-null-without-default', { case: 'stored', table: 'a', column: 'b' }, 'and stored'],
      ['if-not-exists', { name: 'a', existing: 'CREATE TABLE a (b)' }, 'a exists and is not'],
      ['transaction-control', { case: 'outer' }, 'are left out'],
      ['transaction-control', { case: 'inner' }, 'outside a transaction of Lockstep’s'],
      ['incomplete-down', { case: 'schema', count: 1, names: 'table a' }, 'different: table a.'],
      ['incomplete-down', { case: 'again', message: 'no' }, 'applied again: no.'],
      [
        'cascading-rebuild',
        { case: 'action', table: 'a', child: 'b', action: 'CASCADE', rows: 7 },
        'changes 7 rows of b (ON DELETE CASCADE).',
      ],
      [
        'cascading-rebuild',
        { case: 'action', table: 'a', child: 'b', action: 'CASCADE' },
        'changes the rows of b (ON DELETE CASCADE).',
      ],
      ['cascading-rebuild', { case: 'renamed', table: 'a', child: 'b' }, 'b refers to a now'],
      ...(
        [
          ['foreignKeysOff', 'foreign keys stay off'],
          ['foreignKeysOn', 'foreign keys stay on'],
          ['foreignKeysAlready', 'not needed either'],
          ['leftOut', 'is left out'],
          ['connection', 'ends with'],
          ['needsVacuum', 'without a VACUUM'],
          ['encoding', 'cannot change'],
          ['unknown', 'does not know PRAGMA x'],
          ['outside', 'runs outside a transaction'],
        ] as const
      ).map(([what, words]) => {
        return ['pragma-without-effect', { case: what, pragma: 'x' }, words] as const;
      }),
    ];
    for (const [rule, params, words] of all) {
      assert.ok(said(rule, params).includes(words), `${rule} ${words}: ${said(rule, params)}`);
    }
    assert.deepEqual(
      [...new Set(all.map(([rule]) => rule))].sort(),
      lintRules.map(({ name }) => name).sort(),
    );
  });
});

describe('the settings of lint rules', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
    contributes: { configuration: { properties: Record<string, { default: string }> } };
  };

  it('know each rule, and no other', () => {
    const settings = Object.keys(manifest.contributes.configuration.properties)
      .filter((name) => name.startsWith('lockstep.lint.'))
      .map((name) => name.slice('lockstep.lint.'.length));
    assert.deepEqual(settings.sort(), lintRules.map(({ name }) => name).sort());
  });
});
