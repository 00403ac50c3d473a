import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { accessedFile, splitStatements } from '../../../../src/core/sql/statements';

const file = (sql: string): string | undefined => accessedFile(sql)?.name;

describe('accessedFile', () => {
  it('finds the file of ATTACH and VACUUM INTO, however it is written', () => {
    assert.equal(file("ATTACH '/a''b.db' AS x"), "/a'b.db");
    assert.equal(file("attach/**/database -- x\n'/a.db'as x"), '/a.db');
    assert.equal(file('ATTACH "/a""b.db" AS x'), '/a"b.db');
    assert.equal(file('ATTACH [/a.db] AS x'), '/a.db');
    assert.equal(file("VACUUM INTO '/a.db';"), '/a.db');
    assert.equal(file("vacuum main into '/a.db'"), '/a.db');
    assert.equal(file('vacuum "into" into `/a.db`'), '/a.db');
  });

  it('knows an expression as such', () => {
    for (const sql of [
      "ATTACH '/a' || '.db' AS x",
      "ATTACH ('/a.db') AS x",
      'ATTACH a AS x',
      "ATTACH x'2f61' AS x",
      "VACUUM INTO '/a' || 'b'",
      "VACUUM INTO ('/a')",
      "VACUUM INTO (SELECT '/a')",
      "PRAGMA temp_store_directory = '/tmp'",
      "PRAGMA main.temp_store_directory('/tmp')",
      "pragma DATA_STORE_DIRECTORY='/tmp'",
    ]) {
      assert.deepEqual(Object.keys(accessedFile(sql) ?? {}), ['offset'], sql);
    }
  });

  it('finds nothing in anything else', () => {
    for (const sql of [
      'VACUUM',
      'VACUUM main;',
      'PRAGMA temp_store_directory',
      'PRAGMA journal_mode = WAL',
      "INSERT INTO t VALUES ('ATTACH ''/a'' AS b')",
      "CREATE TABLE attach (x DEFAULT 'ATTACH')",
      'DETACH x',
      '',
    ]) {
      assert.equal(accessedFile(sql), undefined, sql);
    }
  });

  it('misses nothing that SQLite attaches', () => {
    const db = new DatabaseSync(':memory:', { enableDoubleQuotedStringLiterals: true });
    let asked: (string | null)[] = [];
    db.exec('CREATE TABLE t (a)');
    db.setAuthorizer((action, name) => {
      if (action === 24) {
        asked.push(name);
      }
      return action === 24 ? 1 : 0;
    });
    const piece = fc.constantFrom(
      ...['ATTACH', 'attach', 'DATABASE', 'database', 'VACUUM', 'INTO', 'into', 'AS', 'main'],
      ...["'/x/a.db'", '"/x/a.db"', '[/x/a.db]', '`/x/a.db`', "'/x/it''s'", 'a', 'NULL', "x'41'"],
      ...["'/x/a' || '.db'", "('/x/a.db')", ';', 'KEY', "'k'", '(', ')', 'EXPLAIN', "''", '""'],
    );
    const blank = fc.constantFrom(' ', '\n', '\t', '/**/', '-- c\n', '\ufeff', '\f', '/*;*/ ', '');
    const head = fc.constantFrom(
      ...['', 'ATTACH ', 'ATTACH DATABASE ', 'VACUUM INTO ', 'VACUUM main INTO '],
      ...["ATTACH '/x/a.db' AS ", "/**/ATTACH\n'/x/a.db'"],
    );
    const program = fc
      .tuple(head, fc.array(fc.tuple(piece, blank), { maxLength: 6 }))
      .map(([start, parts]) => start + parts.flat().join(''));
    let attached = 0;
    fc.assert(
      fc.property(program, (sql) => {
        for (const { text } of splitStatements(sql)) {
          asked = [];
          try {
            db.exec(text);
          } catch {
            // refused, as most are
          }
          for (const name of asked.filter((each) => each !== '')) {
            attached++;
            const found = accessedFile(text);
            assert.ok(found, `missed ${JSON.stringify(text)}`);
            assert.ok(found.name === undefined || found.name === name, text);
          }
        }
      }),
      { numRuns: 3000 },
    );
    db.close();
    assert.ok(attached > 100, `only ${attached}`);
  });
});
