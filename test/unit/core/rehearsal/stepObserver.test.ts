import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import type { Connection } from '../../../../src/core/connection';
import { SchemaReader } from '../../../../src/core/schema/schema';
import { StepObserver } from '../../../../src/core/rehearsal/stepObserver';
import { KnownLinks } from '../../../../src/core/rehearsal/tables';

describe('StepObserver, of many steps', () => {
  let database: DatabaseSync;
  let asked: string[];
  let connection: Connection;
  beforeEach(() => {
    database = new DatabaseSync(':memory:');
    asked = [];
    const rows = (sql: string, ...params: string[]) => {
      asked.push(sql);
      return database.prepare(sql).all(...params);
    };
    connection = {
      all: rows,
      get: (sql: string, ...params: string[]) => rows(sql, ...params)[0],
    } as unknown as Connection;
    database.exec(`
      CREATE TABLE notes (id INTEGER PRIMARY KEY);
      CREATE TABLE a (note REFERENCES notes);
      CREATE TABLE b (note REFERENCES notes);`);
  });
  afterEach(() => database.close());

  const count = (what: RegExp): number => asked.filter((sql) => what.test(sql)).length;

  it('asks once where a table’s references lead, and counts nothing for a new table', () => {
    const reader = new SchemaReader('schema_migrations');
    const known = new KnownLinks();
    for (const name of ['c', 'd', 'e']) {
      const observer = new StepObserver(connection, reader, {
        rows: true,
        foreignKeys: true,
        known,
      });
      const sql = `CREATE TABLE ${name} (note REFERENCES notes)`;
      observer.beforeStatement(connection, sql);
      database.exec(sql);
      observer.afterStatement(connection, sql);
      const index = `CREATE INDEX i_${name} ON ${name} (note)`;
      observer.beforeStatement(connection, index);
      database.exec(index);
      observer.afterStatement(connection, index);
      const { tables } = observer.finish(connection);
      assert.deepEqual(
        tables.map(({ table, created }) => [table, created]),
        [[name, true]],
      );
    }
    assert.equal(count(/foreign_key_list/), 5, 'of a to e');
    assert.equal(count(/count\(\*\)/), 3, 'of each new table, at its end');
  });
});
