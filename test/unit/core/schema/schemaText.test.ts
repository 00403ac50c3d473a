import assert from 'node:assert/strict';
import { objectText, schemaDiff } from '../../../../src/core/schema/schemaText';

describe('schema text', () => {
  it('gives each column of a table a line, however it was written', () => {
    const wanted = [
      'CREATE TABLE t (',
      '  a INTEGER PRIMARY KEY,',
      "  b TEXT DEFAULT ('x, y' || (1)),",
      "  CHECK (a > 0 AND b <> '(')",
      ') STRICT',
    ].join('\n');
    for (const sql of [
      "CREATE TABLE t(a INTEGER PRIMARY KEY,b TEXT DEFAULT ('x, y' || (1)),CHECK (a > 0 AND b <> '(')) STRICT",
      "CREATE TABLE t (\r\n  a INTEGER PRIMARY KEY, -- the key\r\n\r\n  b TEXT DEFAULT ('x, y' || (1)) ,\n/* , */ CHECK (a > 0 AND b <> '(')\n) STRICT",
    ]) {
      assert.equal(objectText('table', sql), wanted);
    }
  });

  it('leaves views and triggers as their author wrote them', () => {
    const sql = 'CREATE TRIGGER g AFTER INSERT ON t\r\nBEGIN   \r\n  SELECT 1; -- one\r\nEND';
    assert.equal(
      objectText('trigger', sql),
      'CREATE TRIGGER g AFTER INSERT ON t\nBEGIN\n  SELECT 1; -- one\nEND',
    );
  });
});

describe('schemaDiff', () => {
  const table = (name: string, sql: string) => ({ type: 'table', name, table: name, sql });
  const marked = (before: object[], after: object[]): string[] =>
    schemaDiff(before as never, after as never).map((lines) =>
      lines.map(({ sign, text }) => sign + text).join('\n'),
    );

  it('shows a column that comes and one that goes, and nothing for a comma', () => {
    assert.deepEqual(
      marked(
        [table('t', 'CREATE TABLE t (a, b)'), table('u', 'CREATE TABLE u (x)')],
        [table('t', 'CREATE TABLE t (a, c TEXT)'), table('u', 'CREATE TABLE u (x)')],
      ),
      [' CREATE TABLE t (\n   a,\n-  b\n+  c TEXT\n );'],
    );
    assert.deepEqual(
      marked([table('t', 'CREATE TABLE t (a)')], [table('t', 'CREATE TABLE t (a, b)')]),
      [' CREATE TABLE t (\n   a,\n+  b\n );'],
    );
  });

  it('shows what is gone first, then what is new', () => {
    assert.deepEqual(
      marked([table('t', 'CREATE TABLE t (a)')], [table('a', 'CREATE TABLE a (b)')]),
      ['-CREATE TABLE t (\n-  a\n-);', '+CREATE TABLE a (\n+  b\n+);'],
    );
    assert.deepEqual(marked([], []), []);
  });

  it('does not think long about a very long text', () => {
    const long = (word: string): string =>
      `CREATE TABLE t (${Array.from({ length: 2000 }, (_, i) => `${word}${i}`).join(', ')})`;
    const [lines] = schemaDiff([table('t', long('a'))], [table('t', long('b'))]);
    assert.equal(lines.length, 4004);
  });
});
