import assert from 'node:assert/strict';
import { compareSchemas } from '../../../src/core/drift';
import type { SchemaObject } from '../../../src/core/schema/schema';

function table(name: string, sql = `CREATE TABLE ${name} (x)`): SchemaObject {
  return { type: 'table', name, table: name, sql };
}

describe('compareSchemas', () => {
  it('finds nothing between two ways to write the same', () => {
    const found = compareSchemas(
      [table('users', 'CREATE TABLE users (\n  id INTEGER PRIMARY KEY, -- own\n  name TEXT\n)')],
      [table('Users', 'create table "Users"([id] integer PRIMARY KEY,name text)')],
    );
    assert.equal(found.verdict, 'same');
    assert.equal(found.expected, found.actual, 'and shows none');
  });

  it('minds what stands in strings, and everything else', () => {
    const expected = table('a', "CREATE TABLE a (x DEFAULT 'A', y)");
    for (const sql of [
      "CREATE TABLE a (x DEFAULT 'a', y)",
      "CREATE TABLE a (x DEFAULT 'A', y, z)",
      "CREATE TABLE a (y, x DEFAULT 'A')",
      "CREATE TABLE a (x DEFAULT 'A', y) STRICT",
    ]) {
      assert.deepEqual(compareSchemas([expected], [table('a', sql)]).different, ['table a'], sql);
    }
  });

  it('tells what is missing from what is more', () => {
    const [a, b, c] = [table('a'), table('b'), table('c')];
    assert.equal(compareSchemas([a, b], [a, b]).verdict, 'same');
    const more = compareSchemas([a], [a, c]);
    assert.deepEqual([more.verdict, more.extra, more.missing], ['more', ['table c'], []]);
    const less = compareSchemas([a, b], [a, c]);
    assert.deepEqual(
      [less.verdict, less.missing, less.extra],
      ['differs', ['table b'], ['table c']],
    );
    assert.equal(compareSchemas([], []).verdict, 'same');
  });
});
