import assert from 'node:assert/strict';
import { existsSync, linkSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Connection, SqliteError } from '../../../../src/core/connection';
import { NativeConnectionFactory } from '../../../../src/sqlite/native/nativeConnection';
import { nativeSqlite } from '../../../../src/sqlite/native/nativeModule';
import {
  elsewhere,
  namesLikeUris,
  removeFolder,
  temporaryFolder,
} from '../../../support/sqliteFiles';

describe('NativeConnection', () => {
  const sqlite = nativeSqlite()!;
  let folder: string;
  let path: string;
  let open: Connection[];
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder, 'a.db');
    open = [];
  });
  afterEach(() => {
    open.forEach((connection) => connection.close());
    removeFolder(folder);
  });

  function connect(file = path, foreignKeys = false): Connection {
    const connection = new NativeConnectionFactory(file, sqlite).open({ foreignKeys });
    open.push(connection);
    return connection;
  }

  it('creates a missing file, and only when it opens', () => {
    const factory = new NativeConnectionFactory(path, sqlite);
    assert.equal(existsSync(path), false);
    open.push(factory.open({ foreignKeys: false }));
    assert.equal(existsSync(path), true);
    if (process.platform !== 'win32') {
      assert.equal(statSync(path).mode & 0o777, 0o644 & ~process.umask());
    }
  });

  for (const name of namesLikeUris) {
    it(`takes ${name} literally`, function () {
      if (process.platform === 'win32' && /[?:]/.test(name)) {
        return this.skip();
      }
      const file = join(folder, name);
      connect(file).exec('CREATE TABLE t(a)');
      assert.ok(statSync(file).size > 0);
    });
  }

  it('refuses what is not a regular file', () => {
    mkdirSync(path);
    assert.throws(() => connect(), { code: 'database.notADatabase' });
  });

  it('gives SQLite’s extended code', () => {
    const connection = connect();
    connection.exec('CREATE TABLE t(a UNIQUE); INSERT INTO t VALUES (1)');
    assert.throws(
      () => connection.exec('INSERT INTO t VALUES (1)'),
      (error) => error instanceof SqliteError && error.code === 2067 && !error.isBusy,
    );
    assert.throws(() => connection.all('nonsense'), { name: 'SqliteError', code: 1 });
    writeFileSync(join(folder, 'text'), 'x'.repeat(1024));
    assert.throws(() => connect(join(folder, 'text')).exec('BEGIN IMMEDIATE'), { code: 26 });
    assert.throws(() => connect(join(folder, 'none', 'a.db')), { name: 'SqliteError', code: 14 });
  });

  it('opens while another connection writes, and says busy at once when it begins', () => {
    const first = connect();
    first.exec('CREATE TABLE t(a); BEGIN EXCLUSIVE');
    const second = connect();
    assert.throws(
      () => second.exec('BEGIN IMMEDIATE'),
      (error) => error instanceof SqliteError && error.isBusy,
    );
    first.exec('ROLLBACK');
    second.exec('BEGIN IMMEDIATE');
    assert.deepEqual(second.get('PRAGMA cache_size'), { cache_size: -16000 });
    assert.deepEqual(second.get('PRAGMA busy_timeout'), { timeout: 0 });
  });

  it('runs SQL that dbmate and the sqlite3 shell run', () => {
    const connection = connect();
    connection.exec('CREATE TABLE t(a DEFAULT "text"); INSERT INTO t SELECT "a string"');
    assert.deepEqual(connection.all('SELECT * FROM t'), [{ a: 'a string' }]);
    connection.exec(
      `PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = 'CREATE TABLE t(a NOT NULL)'`,
    );
    assert.throws(() => connection.exec(`SELECT load_extension('x')`));
  });

  for (const foreignKeys of [true, false]) {
    it(`sets foreign keys to ${foreignKeys}`, () => {
      const connection = connect(path, foreignKeys);
      assert.deepEqual(connection.get('PRAGMA foreign_keys'), { foreign_keys: +foreignKeys });
    });
  }

  it('knows whether a transaction is open, asked twice', () => {
    const connection = connect();
    assert.equal(connection.inTransaction, false);
    connection.exec('BEGIN');
    assert.equal(connection.inTransaction, true);
    assert.equal(connection.inTransaction, true);
    connection.exec('ROLLBACK');
    assert.equal(connection.inTransaction, false);
  });

  it('knows it too where node:sqlite does not tell', () => {
    // Node 22.13 has no isTransaction
    const DatabaseSync = new Proxy(sqlite.DatabaseSync, {
      construct: (target, [file, options = {}]) =>
        new Proxy(new target(String(file), options as object), {
          get: (database, name) => {
            const value: unknown =
              name === 'isTransaction' ? undefined : Reflect.get(database, name, database);
            return typeof value === 'function' ? value.bind(database) : value;
          },
        }),
    });
    const factory = new NativeConnectionFactory(path, { ...sqlite, DatabaseSync });
    const connection = factory.open({ foreignKeys: false });
    open.push(connection);
    assert.equal(connection.inTransaction, false);
    assert.equal(connection.inTransaction, false);
    connection.exec('BEGIN; CREATE TABLE t(a)');
    assert.equal(connection.inTransaction, true);
    connection.exec('ROLLBACK');
    assert.equal(connection.inTransaction, false);
    assert.deepEqual(connection.all('SELECT * FROM sqlite_schema'), []);
  });

  it('reads integers exactly, blobs and nulls', () => {
    const row = connect().get(`SELECT ?1 a, 9007199254740993 b, x'00ff' c, NULL d, 1.5 e`, 7);
    const c = new Uint8Array([0, 255]);
    assert.deepEqual(row, { a: 7, b: 9007199254740993n, c, d: null, e: 1.5 });
    assert.equal(connect().get('SELECT 1 WHERE 0'), undefined);
  });

  it('stops early without holding a lock', () => {
    const connection = connect();
    connection.exec('CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)');
    for (const row of connection.iterate('SELECT a FROM t WHERE a >= ?', 2)) {
      assert.deepEqual(row, { a: 2 });
      break;
    }
    connect().exec('BEGIN EXCLUSIVE');
  });

  it('counts changed rows', () => {
    const connection = connect();
    connection.exec('CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)');
    const before = connection.totalChanges();
    connection.exec('UPDATE t SET a = 3');
    assert.equal(connection.totalChanges() - before, 2);
  });

  it('closes twice, undoing what was open', () => {
    const connection = connect();
    connection.exec('CREATE TABLE t(a)');
    connection.exec('BEGIN; INSERT INTO t VALUES (1)');
    connection.iterate('SELECT * FROM t').next();
    connection.close();
    connection.close();
    assert.deepEqual(connect().get('SELECT count(*) n FROM t'), { n: 0 });
  });

  for (const mode of ['delete', 'wal']) {
    it(`notices that the path names another file (${mode})`, () => {
      const connection = connect();
      connection.exec(`PRAGMA journal_mode=${mode}; CREATE TABLE t(a)`);
      connection.assertSameFile();
      linkSync(path, join(folder, 'kept.db'));
      connection.assertSameFile();
      writeFileSync(join(folder, 'other.db'), '');
      renameSync(join(folder, 'other.db'), path);
      assert.throws(() => connection.assertSameFile(), { code: 'database.replaced' });
    });
  }

  for (const begin of ['BEGIN', 'SAVEPOINT a']) {
    it(`commits to no file but the one it opened (${begin})`, () => {
      const connection = connect();
      connection.exec('CREATE TABLE t(a)');
      connection.exec(begin);
      connection.exec('INSERT INTO t VALUES (1)');
      connection.exec('SAVEPOINT b');
      writeFileSync(join(folder, 'other.db'), '');
      renameSync(join(folder, 'other.db'), path);
      const end = begin === 'BEGIN' ? 'COMMIT' : 'RELEASE a';
      assert.throws(() => connection.exec(end), { code: 'database.replaced' });
      assert.ok(connection.inTransaction);
    });
  }

  it('looks for the file at no RELEASE that cannot commit', () => {
    const connection = connect();
    connection.exec('CREATE TABLE t(a)');
    for (const sql of ['SAVEPOINT a', 'RELEASE a', 'BEGIN', 'SAVEPOINT b']) {
      connection.exec(sql);
    }
    renameSync(path, join(folder, 'b.db'));
    connection.exec('RELEASE b');
  });

  it('notices that the file is gone', () => {
    const connection = connect();
    renameSync(path, join(folder, 'b.db'));
    assert.throws(() => connection.assertSameFile(), { code: 'database.replaced' });
  });

  it('keeps its write lock while it is asked about the file', () => {
    const connection = connect();
    connection.exec('CREATE TABLE t(a); BEGIN IMMEDIATE; INSERT INTO t VALUES (1)');
    connection.assertSameFile();
    connect().close();
    elsewhere(`
      const database = open(${JSON.stringify(path)});
      try { database.exec('BEGIN IMMEDIATE'); } catch (error) { process.exit(error.errcode - 5); }
      throw new Error('the lock was gone');`);
    connection.exec('COMMIT');
  });
});
