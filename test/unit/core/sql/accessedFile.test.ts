import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { accessedFile, splitStatements, statementKind } from '../../../../src/core/sql/statements';

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
    assert.equal(file("EXPLAIN ATTACH '/a.db' AS x"), '/a.db');
    assert.equal(file("explain query plan -- c\nvacuum into '/a.db'"), '/a.db');
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
      "EXPLAIN PRAGMA temp_store_directory = '/tmp'",
      "explain/**/query\nplan pragma main.'temp_store_directory'('/tmp')",
      'PRAGMA soft_heap_limit = 1000',
      'EXPLAIN PRAGMA hard_heap_limit(1000)',
      "PRAGMA lock_proxy_file = '/tmp/x'",
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
      'EXPLAIN PRAGMA temp_store_directory',
      'EXPLAIN QUERY PLAN SELECT 1',
      'PRAGMA hard_heap_limit',
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
      ...['EXPLAIN ATTACH ', 'EXPLAIN QUERY PLAN ATTACH ', 'explain/**/vacuum into '],
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

  it('misses nothing that reaches the whole process, however it is wrapped', () => {
    const db = new DatabaseSync(':memory:');
    const names = ['temp_store_directory', 'data_store_directory', 'soft_heap_limit'];
    const blank = fc.constantFrom(' ', '\n', '/**/', '-- c\n');
    const explain = fc.constantFrom('', 'EXPLAIN', 'explain/**/query plan', 'QUERY PLAN', 'PRAGMA');
    const schema = fc.constantFrom('', 'main.', '"main"/**/.', 'main', '.');
    const name = fc.constantFrom(...names, ...names.map((each) => `"${each.toUpperCase()}"`));
    const rest = fc.constantFrom('=0', "('0')", '= "0"', '(', '', '=', '==0', "='0';", '(0);x');
    let set = 0;
    let seen: string[] = [];
    db.setAuthorizer((action, name, value) => {
      const isSet = action === 19 && value !== null && names.includes(name?.toLowerCase() ?? '');
      seen.push(...(isSet ? [name!] : []));
      return isSet ? 1 : 0;
    });
    const program = fc
      .tuple(blank, explain, blank, fc.constant('PRAGMA'), blank, schema, name, blank, rest)
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(program, (sql) => {
        for (const { text } of splitStatements(sql)) {
          seen = [];
          try {
            db.prepare(text);
          } catch {
            // refused, as most are
          }
          if (seen.length > 0) {
            set++;
            assert.ok(accessedFile(text), `missed ${JSON.stringify(text)}`);
            assert.equal(statementKind(text).kind, 'pragma', text);
          }
        }
      }),
      { numRuns: 1000 },
    );
    db.close();
    assert.ok(set > 50, `only ${set}`);
  });
});
