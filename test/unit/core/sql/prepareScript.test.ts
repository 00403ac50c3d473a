import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { LockstepError } from '../../../../src/core/errors';
import type { Script } from '../../../../src/core/model';
import { prepareScript } from '../../../../src/core/sql/prepareScript';

function script(text: string, more: Partial<Script> = {}): Script {
  return { file: '/m/001_x.sql', text, transaction: true, foreignKeys: false, ...more };
}

function prepared(text: string, more: Partial<Script> = {}): Record<string, unknown> {
  const { statements, mode, alone, needs } = prepareScript(script(text, more));
  return { sql: statements.map((s) => s.text), mode, alone, ...(needs && { needs }) };
}

function refusal(text: string, more: Partial<Script> = {}): unknown {
  try {
    prepareScript(script(text, more));
  } catch (error) {
    assert.ok(error instanceof LockstepError);
    const { line, column } = error.place!;
    return [error.params.reason ?? error.code, line, column];
  }
  return 'none';
}

const insideGroup = { mode: 'transaction', alone: false };
const insideAlone = { mode: 'transaction', alone: true };
function outside(needs: string): Record<string, unknown> {
  return { mode: 'nonTransactional', alone: true, needs };
}

describe('prepareScript', () => {
  it('leaves a simple script as it is', () => {
    const sql = ['create table a(x);', "insert into a values ('begin;');"];
    assert.deepEqual(prepared(sql.join('\n')), { sql, ...insideGroup });
    assert.deepEqual(prepared('-- nothing\n'), { sql: [], ...insideGroup });
  });

  describe('outer transaction', () => {
    for (const [begin, commit] of [
      ['BEGIN;', 'COMMIT;'],
      ['begin deferred;', 'end;'],
      ['BEGIN IMMEDIATE TRANSACTION;', 'END TRANSACTION;'],
      ['begin exclusive transaction;', 'commit transaction'],
    ]) {
      it(`is left out: ${begin} ${commit}`, () => {
        assert.deepEqual(prepared(`-- hi\n${begin}\ncreate table a(x);\n${commit} -- bye\n`), {
          sql: ['create table a(x);'],
          ...insideGroup,
        });
      });
    }

    it('is left out between connection PRAGMAs, which stay', () => {
      assert.deepEqual(
        prepared(
          'PRAGMA foreign_keys=OFF; BEGIN; drop table a; COMMIT; PRAGMA foreign_key_check; PRAGMA foreign_keys=ON;',
        ),
        {
          sql: [
            'PRAGMA foreign_keys=OFF;',
            'drop table a;',
            'PRAGMA foreign_key_check;',
            'PRAGMA foreign_keys=ON;',
          ],
          ...insideAlone,
        },
      );
    });

    it('is not found in triggers', () => {
      const trigger = 'create trigger x after insert on a begin select 1; end;';
      assert.deepEqual(prepared(trigger), { sql: [trigger], ...insideGroup });
      assert.deepEqual(prepared(`BEGIN; ${trigger} COMMIT;`), { sql: [trigger], ...insideGroup });
    });

    it('is kept where a statement cannot run inside', () => {
      const sql = ['PRAGMA journal_mode=WAL;', 'BEGIN;', 'create table a(x);', 'COMMIT;'];
      assert.deepEqual(prepared(sql.join(' ')), { sql, ...outside('journalMode') });
    });

    it('is kept where it is not outer', () => {
      for (const text of [
        'create table a(x); BEGIN; drop table a; COMMIT;',
        'BEGIN; drop table a; COMMIT; create table a(x);',
        'BEGIN; drop table a; COMMIT; BEGIN; drop table b; COMMIT;',
        'BEGIN; drop table a; ROLLBACK;',
        'BEGIN; drop table a; ROLLBACK; BEGIN; drop table b; COMMIT;',
      ]) {
        const { statements, mode, needs } = prepareScript(script(text));
        assert.equal(statements.map((s) => s.text).join(' '), text);
        assert.deepEqual([mode, needs], ['nonTransactional', 'transactionControl']);
      }
    });
  });

  it('says why a script runs outside', () => {
    for (const [text, needs] of [
      ['VACUUM;', 'vacuum'],
      ["vacuum main into 'x';", 'vacuum'],
      ['pragma journal_mode = wal', 'journalMode'],
      ['PRAGMA main.journal_mode(WAL)', 'journalMode'],
      ['PRAGMA "main"."journal_mode" = WAL', 'journalMode'],
      ['pragma page_size=8192; vacuum', 'pragma'],
      ['pragma auto_vacuum=1', 'pragma'],
      ["pragma encoding='UTF-16'", 'pragma'],
      ['pragma wal_checkpoint', 'pragma'],
      ['pragma wal_checkpoint(truncate)', 'pragma'],
      ["attach 'x' as y; detach y; vacuum", 'detach'],
    ] as const) {
      assert.deepEqual({ ...prepared(text), sql: 0 }, { sql: 0, ...outside(needs) }, text);
    }
    assert.deepEqual(prepared('BEGIN; select 1; COMMIT;', { transaction: false }), {
      sql: ['BEGIN;', 'select 1;', 'COMMIT;'],
      ...outside('asked'),
    });
  });

  it('says what needs a connection of its own', () => {
    for (const text of [
      'pragma user_version = 3',
      'pragma journal_mode',
      'pragma page_size',
      "attach 'x' as y",
      'create temp table a(x)',
      'CREATE TEMPORARY VIEW a as select 1',
      'insert into temp.a values (1)',
      'create virtual table a using fts5(x)',
      'savepoint a; select 1; rollback transaction to savepoint a; release savepoint a',
      'savepoint "A"; release a',
    ]) {
      assert.deepEqual({ ...prepared(text), sql: 0 }, { sql: 0, ...insideAlone }, text);
    }
    for (const text of [
      'explain vacuum;',
      'create table pragma_(vacuum int)',
      "insert into a values ('temp')",
      "select * from pragma_table_info('a')",
    ]) {
      assert.deepEqual({ ...prepared(text), sql: 0 }, { sql: 0, ...insideGroup }, text);
    }
  });

  it('leaves out what fails in a transaction and ends with the connection', () => {
    const text = 'pragma synchronous=off; pragma locking_mode=exclusive; select 1;';
    assert.deepEqual(prepared(text), { sql: ['select 1;'], ...insideAlone });
    assert.deepEqual(prepared('pragma synchronous=off; vacuum;'), {
      sql: ['pragma synchronous=off;', 'vacuum;'],
      ...outside('vacuum'),
    });
    assert.deepEqual(prepared('pragma synchronous;').sql, ['pragma synchronous;']);
  });

  it('knows what SQLite refuses inside a transaction', () => {
    const db = new DatabaseSync(':memory:');
    db.exec("create table a(x); attach ':memory:' as y");
    for (const [text, refused] of [
      ['vacuum', true],
      ["vacuum into '/nowhere/at/all'", true],
      ['begin', true],
      ['detach y', true],
      ['pragma synchronous=off', true],
      ['pragma user_version=2', false],
      ['pragma foreign_keys=off', false],
      ['pragma legacy_alter_table=on', false],
      ["attach ':memory:' as z", false],
      ['create virtual table f using fts5(x)', false],
      ['savepoint s; release s', false],
    ] as const) {
      db.exec('begin immediate; insert into a values (1)');
      const run = (): void => db.exec(text);
      if (refused) {
        assert.throws(run, text);
        const result = (): string => prepareScript(script(text)).mode;
        if (text === 'begin') {
          assert.throws(result);
        } else if (text.startsWith('pragma')) {
          assert.deepEqual(prepareScript(script(text)).statements, []);
        } else {
          assert.equal(result(), 'nonTransactional', text);
        }
      } else {
        assert.doesNotThrow(run, text);
        assert.equal(prepareScript(script(text)).mode, 'transaction', text);
      }
      db.exec('rollback');
    }
    db.close();
  });

  it('refuses control without its counterpart, where it stands', () => {
    for (const [text, column] of [
      ['COMMIT;', 1],
      ['select 1; ROLLBACK;', 11],
      ['select 1; COMMIT; BEGIN;', 11],
      ['BEGIN; select 1;', 1],
      ['BEGIN; BEGIN; COMMIT;', 8],
      ['BEGIN; COMMIT; END;', 16],
      ['release a;', 1],
      ['savepoint a; release a; rollback to a;', 25],
      ['savepoint a; savepoint b; rollback to a; release b;', 42],
      ['savepoint a; vacuum;', 1],
    ] as const) {
      assert.deepEqual(refusal(text), ['transactionControl', 1, column], text);
    }
    assert.deepEqual(refusal('BEGIN; select 1;', { transaction: false }), [
      'transactionControl',
      1,
      1,
    ]);
    assert.equal(refusal('savepoint a; select 1;'), 'none');
    assert.equal(refusal('savepoint a; savepoint a; release a; release a;'), 'none');
  });

  it('refuses NUL bytes', () => {
    assert.deepEqual(refusal('select 1;\nselect \0 2;'), ['nul', 2, 8]);
  });

  it('refuses parameters, but not what looks like one', () => {
    for (const parameter of ['?', '?1', ':a', '@a', '$a']) {
      assert.deepEqual(refusal(`select 1;\nselect ${parameter};`), ['sql.parameters', 2, 8]);
    }
    for (const text of [
      "select '?', ':a' as \"?\", 2 as [:a], 3 as `@b` -- ?\n/* $a */;",
      'select a$b from (select 1 as a$b);',
      `select '{"a":1}' -> '$.a';`,
      "create trigger x before insert on t begin select raise(abort, 'why?'); end;",
    ]) {
      assert.equal(refusal(text), 'none', text);
    }
  });

  it('names the statement of a parameter', () => {
    assert.throws(
      () => prepareScript(script('select 1;\n  insert into a values (?);\n')),
      (error: LockstepError) => {
        assert.deepEqual(error.params, {
          migration: '001_x',
          statement: 'insert into a values (?);',
          parameter: '?',
        });
        return true;
      },
    );
  });

  it('refuses commands of the sqlite3 shell', () => {
    assert.deepEqual(refusal('-- x\n.mode csv\nselect 1;'), ['dotCommand', 2, 1]);
    assert.deepEqual(refusal('select 1;\n.read other.sql'), ['dotCommand', 2, 1]);
    assert.equal(refusal('select .5, a.b from a;'), 'none');
  });

  it('refuses what never ends', () => {
    assert.deepEqual(refusal("select 1;\ninsert into a values ('x);"), ['unterminated', 2, 23]);
    assert.deepEqual(refusal('select 1; /* drop table a;'), ['unterminated', 1, 11]);
    assert.deepEqual(refusal('select "a'), ['unterminated', 1, 8]);
    assert.deepEqual(refusal('select [a'), ['unterminated', 1, 8]);
  });

  it('refuses SQL that a comment hides after a lone carriage return', () => {
    assert.deepEqual(refusal('-- first\rdrop table a;'), ['carriageReturn', 2, 1]);
    assert.deepEqual(refusal('select 1; -- one\r\r  drop table a;\nselect 2;'), [
      'carriageReturn',
      3,
      3,
    ]);
    assert.equal(refusal('-- a\r-- b\r\r\nselect 1;\rselect 2;'), 'none');
    assert.equal(refusal("select '-- a\rb';"), 'none');
    assert.equal(refusal('/* -- a\rb */ select 1;'), 'none');
  });

  it('collects names and words in lower case', () => {
    const { words } = prepareScript(
      script(`INSERT INTO "My Table" SELECT [Col], 'value' FROM main.'odd' -- comment
        WHERE x = 'no' OR x IN ('neither', 1);`),
    );
    for (const word of ['insert', 'my table', 'col', 'main', 'odd', 'where']) {
      assert.ok(words.has(word), word);
    }
    for (const word of ['comment', 'no', 'neither', 'value']) {
      assert.ok(!words.has(word), word);
    }
  });

  it('runs sections in their order, each for itself', () => {
    const text = 'select 1 -- one\nselect 2; select 3;\n';
    const sections = [
      { start: 16, end: text.length },
      { start: 0, end: 16 },
    ];
    const { statements } = prepareScript(script(text, { sections }));
    assert.deepEqual(
      statements.map(({ start, text }) => [start, text]),
      [
        [16, 'select 2;'],
        [26, 'select 3;'],
        [0, 'select 1'],
      ],
    );
  });
});
