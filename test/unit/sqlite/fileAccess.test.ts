import assert from 'node:assert/strict';
import { linkSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileAccessCheck } from '../../../src/sqlite/fileAccess';
import { AttachGuard } from '../../../src/sqlite/native/nativeConnection';
import { nativeEngine } from '../../../src/sqlite/native/nativeEngine';
import { Scratch } from '../../support/scratch';

describe('fileAccessCheck', () => {
  let scratch: Scratch;
  let outside: Scratch;

  beforeEach(() => {
    scratch = new Scratch();
    outside = new Scratch();
    scratch.exec('CREATE TABLE t (x)');
  });
  afterEach(() => {
    scratch.dispose();
    outside.dispose();
  });

  it('allows what is beside the database, in the given folders, or no file', () => {
    const { database, folder } = scratch;
    const check = fileAccessCheck(database, { folders: [outside.folder, '/no/such/folder'] });
    for (const file of [join(folder, 'b.db'), join(outside.folder, 'c.db'), '', ':memory:']) {
      assert.equal(check(file), undefined, file);
    }
  });

  it('refuses what is elsewhere, also through links and dots', () => {
    const { database, folder } = scratch;
    const check = fileAccessCheck(database);
    symlinkSync(outside.folder, join(folder, 'out'));
    symlinkSync(join(outside.folder, 'new.db'), join(folder, 'dangling.db'));
    symlinkSync('loop.db', join(folder, 'loop.db'));
    mkdirSync(join(folder, 'sub'));
    for (const file of [
      join(outside.folder, 'a.db'),
      'relative.db',
      join(folder, 'out', 'a.db'),
      join(folder, 'dangling.db'),
      join(folder, 'loop.db'),
      `${folder}/sub/../../a.db`,
      join(folder, 'no such folder', 'a.db'),
      `${folder}-sibling`,
    ]) {
      assert.equal(check(file), 'outside', file);
    }
  });

  it('refuses the database by any name, and URIs, whatever is allowed', () => {
    const { database, folder } = scratch;
    linkSync(database, join(folder, 'hard.db'));
    symlinkSync('app.db', join(folder, 'soft.db'));
    for (const check of [fileAccessCheck(database), fileAccessCheck(database, 'anywhere')]) {
      for (const name of ['app.db', 'hard.db', 'soft.db', 'app.db-wal', 'app.db-journal']) {
        assert.equal(check(join(folder, name)), 'itself', name);
      }
      assert.equal(check(`file:${database}?vfs=unix-none`), 'uri');
      assert.equal(check(`FILE:${join(folder, 'b.db')}`), 'uri');
    }
    assert.equal(fileAccessCheck(database, 'anywhere')(join(outside.folder, 'a.db')), undefined);
  });

  it('has SQLite watch the connection that migrations run on', () => {
    const factory = nativeEngine().connections(scratch.database, fileAccessCheck(scratch.database));
    const connection = factory.open({ foreignKeys: false });
    try {
      for (const sql of [
        `ATTACH '${outside.folder}/a.db' AS c`,
        `PRAGMA temp_store_directory = '${outside.folder}'`,
        `EXPLAIN PRAGMA temp_store_directory = '${outside.folder}'`,
      ]) {
        assert.throws(() => connection.exec(sql), /not authorized|denied/, sql);
      }
    } finally {
      connection.close();
    }
  });

  it('has SQLite watch it, too', () => {
    const database = new DatabaseSync(scratch.database);
    try {
      const guard = new AttachGuard(database, fileAccessCheck(scratch.database));
      const attach = (file: string, name: string) => () =>
        database.exec(`ATTACH '${file}' AS ${name}`);
      const inside = join(scratch.folder, 'b.db');
      assert.throws(attach(inside, 'b'), /too many attached/);
      guard.open(attach(inside, 'b'));
      guard.open(() => database.exec('VACUUM'));
      for (const way of [
        attach(join(outside.folder, 'a.db'), 'c'),
        () => database.exec(`ATTACH '${outside.folder}' || '/a.db' AS c`),
        () => database.exec(`VACUUM INTO '${outside.folder}' || '/a.db'`),
      ]) {
        assert.throws(() => guard.open(way), /authorization denied|not authorized/);
      }
      for (const pragma of [
        `PRAGMA temp_store_directory = '${outside.folder}'`,
        `EXPLAIN PRAGMA temp_store_directory = '${outside.folder}'`,
        `EXPLAIN QUERY PLAN PRAGMA data_store_directory('${outside.folder}')`,
        'PRAGMA soft_heap_limit = 100000000',
        'EXPLAIN PRAGMA hard_heap_limit = 100000000',
      ]) {
        assert.throws(() => guard.open(() => database.exec(pragma)), /not authorized/, pragma);
      }
      guard.open(() => database.exec('PRAGMA soft_heap_limit; PRAGMA user_version = 3'));
      assert.throws(attach(inside, 'd'), /too many attached/);
      assert.deepEqual(outside.names(), []);
    } finally {
      database.close();
    }
  });
});
