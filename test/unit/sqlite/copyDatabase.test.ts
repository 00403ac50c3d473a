import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import type { Connection } from '../../../src/core/connection';
import { schemaMigrations } from '../../../src/core/history/historyTable';
import type { Engine } from '../../../src/sqlite/engine';
import { nativeEngine } from '../../../src/sqlite/native/nativeEngine';
import { sqlJsEngine } from '../../../src/sqlite/sqljs/sqlJsEngine';
import { useScratch } from '../../support/scratch';
import { folderBytes } from '../../support/sqliteFiles';
import { wasmPath } from '../../support/sqlJs';

describe('a copy of a database', () => {
  const scratch = useScratch();
  let native: Engine;
  let sandbox: Engine;

  before(async () => {
    native = nativeEngine();
    sandbox = await sqlJsEngine(wasmPath);
  });

  const options = { maxBytes: 1e9, historyTable: schemaMigrations };
  /** Reads a copy where it is meant to be read. */
  function inSandbox<T>(bytes: Uint8Array, read: (connection: Connection) => T): T {
    const copy = sandbox.openSnapshot('x.db', bytes, undefined);
    const connection = copy.open({ foreignKeys: false });
    try {
      return read(connection);
    } finally {
      connection.close();
      copy.close();
    }
  }
  const values = (bytes: Uint8Array, sql: string): unknown[] =>
    inSandbox(bytes, (c) => c.all(sql).map((row) => Object.values(row)[0]));

  for (const serialize of [true, false]) {
    const how = serialize ? 'serialize()' : 'VACUUM INTO a file of ours that is gone at once';
    it(`has what is in the -wal, and leaves nothing (${how})`, () => {
      scratch.exec('PRAGMA journal_mode=WAL; CREATE TABLE a (x); INSERT INTO a VALUES (1)');
      const app = new DatabaseSync(scratch.database);
      app.exec('INSERT INTO a VALUES (2)');
      const { prototype } = DatabaseSync as unknown as { prototype: { serialize?: unknown } };
      const kept = prototype.serialize;
      try {
        if (!serialize) {
          prototype.serialize = undefined;
        }
        const names = scratch.names();
        const { state, value } = native.snapshot(scratch.database, options);
        assert.deepEqual([state, value?.kind], ['ok', 'full']);
        assert.deepEqual(values(value!.bytes, 'SELECT x FROM a'), [1, 2]);
        assert.deepEqual(scratch.names(), names);
        const left = readdirSync(tmpdir()).filter((name) => name.startsWith('lockstep-copy-'));
        assert.deepEqual(left, []);
      } finally {
        prototype.serialize = kept;
        app.close();
      }
    });
  }

  it('has only the schema and the history where there is too much', () => {
    scratch.exec(`
      PRAGMA user_version = 9;
      CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, "odd name" TEXT);
      CREATE TABLE child (p REFERENCES parent, x GENERATED ALWAYS AS (p + 1));
      CREATE VIRTUAL TABLE search USING fts5(body);
      CREATE INDEX i ON child (p) WHERE p > 0;
      CREATE VIEW v AS SELECT * FROM parent;
      CREATE TRIGGER g INSTEAD OF INSERT ON v BEGIN SELECT 1; END;
      CREATE TABLE schema_migrations (version varchar(128) primary key);
      INSERT INTO schema_migrations VALUES ('001'), ('002');
      INSERT INTO parent ("odd name") VALUES ('a'), ('b');
      INSERT INTO search VALUES ('words');
    `);
    const before = folderBytes(scratch.folder);
    const { value } = native.snapshot(scratch.database, { ...options, maxBytes: 100 });
    assert.equal(value?.kind, 'schema');
    const schema = "SELECT type || ' ' || name || ifnull(sql, '') FROM sqlite_schema ORDER BY 1";
    const bytes = (): Uint8Array => value.bytes.slice();
    assert.deepEqual(values(bytes(), schema), scratch.values(schema));
    assert.deepEqual(values(bytes(), 'SELECT version FROM schema_migrations'), ['001', '002']);
    assert.deepEqual(values(bytes(), 'SELECT count(*) FROM parent'), [0]);
    assert.deepEqual(values(bytes(), 'PRAGMA user_version'), [9]);
    assert.deepEqual(folderBytes(scratch.folder), before);
  });

  it('reaches no file from the engine that could', () => {
    const copy = native.openSnapshot('x.db', undefined, scratch.folder);
    const connection = copy.open({ foreignKeys: false });
    connection.exec('CREATE TABLE a (x)');
    const other = `${scratch.folder}/other.db`;
    for (const sql of [
      `ATTACH '${other}' AS o`,
      `ATTACH 'file:${other}' AS o`,
      `ATTACH '${scratch.folder}/' || 'other.db' AS o`,
      `VACUUM INTO '${other}'`,
      `PRAGMA temp_store_directory = '${scratch.folder}'`,
      `EXPLAIN PRAGMA temp_store_directory = '${scratch.folder}'`,
      'PRAGMA hard_heap_limit = 100000000',
      `SELECT load_extension('${other}')`,
    ]) {
      assert.throws(() => connection.exec(sql), /not authorized|denied|no such function/, sql);
    }
    connection.exec("VACUUM; ATTACH '' AS nameless; ATTACH ':memory:' AS memory");
    connection.close();
    copy.close();
    assert.deepEqual(scratch.names(), ['copy.db']);
  });

  it('runs nothing that a forged schema has behind its statements', () => {
    const other = `${scratch.folder}/other.db`;
    for (const tail of [
      `COMMIT; VACUUM INTO '${other}'`,
      `ATTACH '${other}' AS o; CREATE TABLE o.x (y)`,
      `PRAGMA temp_store_directory = '${scratch.folder}'`,
      'CREATE TABLE also (x)',
    ]) {
      const database = new DatabaseSync(scratch.database, { defensive: false });
      database.exec('DROP TABLE IF EXISTS a; CREATE TABLE a (x); PRAGMA writable_schema=1');
      const forged = `CREATE TABLE a (x); ${tail}`;
      database.prepare("UPDATE sqlite_schema SET sql = ? WHERE name = 'a'").run(forged);
      database.close();
      const { state, value } = native.snapshot(scratch.database, { ...options, maxBytes: 100 });
      assert.deepEqual([state, value?.kind], ['ok', 'schema']);
      assert.deepEqual(values(value!.bytes, 'SELECT name FROM sqlite_schema'), ['a']);
      assert.deepEqual(native.compile!([forged], ['SELECT x FROM a']), []);
      assert.equal(native.compile!([forged], ['SELECT x FROM also']).length, 1);
      assert.deepEqual(scratch.names(), ['app.db']);
      const memory = new DatabaseSync(':memory:');
      assert.equal(memory.prepare('PRAGMA temp_store_directory').get(), undefined);
      memory.close();
    }
  });

  it('compiles nothing that takes effect by that alone', () => {
    const set = `EXPLAIN PRAGMA temp_store_directory = '${scratch.folder}'`;
    native.compile!([], [set, `EXPLAIN QUERY PLAN ${set.slice(8)}`]);
    const memory = new DatabaseSync(':memory:');
    assert.equal(memory.prepare('PRAGMA temp_store_directory').get(), undefined);
    memory.close();
  });

  it('starts each connection to the sandbox anew', () => {
    const copy = sandbox.openSnapshot('x.db', undefined, undefined);
    const first = copy.open({ foreignKeys: false });
    first.exec('CREATE TABLE a (x)');
    first.exec('PRAGMA recursive_triggers=1');
    first.exec('CREATE TEMP TABLE t (x)');
    first.exec("ATTACH ':memory:' AS o");
    first.exec('BEGIN');
    first.exec('INSERT INTO a VALUES (1)');
    first.close();
    const second = copy.open({ foreignKeys: true });
    assert.equal(second.inTransaction, false);
    assert.deepEqual(second.all('SELECT * FROM a'), []);
    assert.equal(second.get('PRAGMA recursive_triggers')?.recursive_triggers, 0);
    assert.equal(second.get('PRAGMA foreign_keys')?.foreign_keys, 1);
    assert.throws(() => second.all('SELECT * FROM t'), /no such table/);
    assert.throws(() => second.all('SELECT * FROM o.sqlite_schema'), /no such table/);
    second.close();
    copy.close();
  });
});
