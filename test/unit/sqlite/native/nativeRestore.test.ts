import assert from 'node:assert/strict';
import { renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as sqlite from 'node:sqlite';
import { processIdentity } from '../../../../src/system/process';
import { Claim } from '../../../../src/sqlite/writer/claim';
import { NativeRestore } from '../../../../src/sqlite/native/nativeRestore';
import { copyTo } from '../../../support/copyTo';
import { elsewhere, removeFolder, temporaryFolder } from '../../../support/sqliteFiles';

describe('NativeRestore', () => {
  const nothing = (): void => undefined;
  const busy = { name: 'SqliteError', code: 5 };
  let folder: string;
  let path: string;
  let backup: string;
  let session: NativeRestore;

  /** Runs SQL in another process. */
  const other = (sql: string): void =>
    elsewhere(`const db = open(${JSON.stringify(path)}); db.exec(${JSON.stringify(sql)});`);
  const rows = (): unknown[] => {
    const database = new sqlite.DatabaseSync(path);
    try {
      return database
        .prepare('SELECT a FROM t')
        .all()
        .map((row) => row.a);
    } finally {
      database.close();
    }
  };

  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder, 'a.db');
    backup = join(folder, 'backup');
  });
  afterEach(() => {
    session.close();
    removeFolder(folder);
  });

  for (const mode of ['delete', 'wal']) {
    describe(mode, () => {
      beforeEach(async () => {
        other(`PRAGMA journal_mode=${mode}; CREATE TABLE t (a); INSERT INTO t VALUES (1)`);
        writeFileSync(backup, '');
        await copyTo(path, backup, sqlite, nothing);
        other('INSERT INTO t VALUES (2)');
        session = new NativeRestore(path, backup, sqlite);
      });

      it('keeps writers out until all is saved', async () => {
        assert.equal(session.hold(), true);
        elsewhere(`const db = open(${JSON.stringify(path)});
          require('node:assert').throws(() => db.exec('BEGIN IMMEDIATE'), { errcode: 5 });`);
        await session.save(() => Promise.resolve(nothing()));
        assert.equal(session.isSaved, true);
        await session.replace(nothing);
        assert.deepEqual(rows(), [1]);
      });

      it('replaces nothing that was written after it was saved', async () => {
        session.hold();
        await session.save(() => Promise.resolve(nothing()));
        other('INSERT INTO t VALUES (3)');
        await assert.rejects(session.replace(nothing), busy);
        assert.equal(session.isSaved, false);
        assert.deepEqual(rows(), [1, 2, 3]);
        session.hold();
        await session.save(() => Promise.resolve(nothing()));
        await session.replace(nothing);
        assert.deepEqual(rows(), [1]);
      });

      it('replaces nothing that was written after it was saved, with a backup of one page either', async () => {
        session.close();
        rmSync(backup);
        elsewhere(`open(${JSON.stringify(backup)}).exec('CREATE VIEW v AS SELECT 1')`);
        session = new NativeRestore(path, backup, sqlite);
        session.hold();
        await session.save(() => Promise.resolve(nothing()));
        other('INSERT INTO t VALUES (3)');
        await assert.rejects(session.replace(nothing), busy);
        assert.deepEqual(rows(), [1, 2, 3]);
      });

      it('minds a sql.js writer that comes after it was saved', async () => {
        session.hold();
        await session.save(() => Promise.resolve(nothing()));
        const claim = Claim.take(path, processIdentity())!;
        await assert.rejects(session.replace(nothing), busy);
        claim.release();
        assert.deepEqual(rows(), [1, 2]);
        await session.replace(nothing);
        assert.deepEqual(rows(), [1]);
      });

      it('leaves everything as it was when it is stopped', async () => {
        session.hold();
        await session.save(() => Promise.resolve(nothing()));
        const stop = (): void => {
          throw new Error('stop');
        };
        await assert.rejects(session.replace(stop), { message: 'stop' });
        assert.deepEqual(rows(), [1, 2]);
        other('INSERT INTO t VALUES (4)');
      });

      it('lets writers in again when what is there could not be saved', async () => {
        session.hold();
        const failing = session.save(() => Promise.reject(new Error('full')));
        await assert.rejects(failing, { message: 'full' });
        assert.equal(session.isSaved, false);
        other('INSERT INTO t VALUES (5)');
        assert.deepEqual(rows(), [1, 2, 5]);
      });

      it('notices another file in the place', async () => {
        session.hold();
        elsewhere(`open(${JSON.stringify(`${path}2`)}).exec('CREATE TABLE t (a)')`);
        renameSync(`${path}2`, path);
        const saving = session.save(() => Promise.resolve(nothing()));
        await assert.rejects(saving, { code: 'database.replaced' });
        assert.deepEqual(rows(), []);
      });
    });
  }

  it('tells two writes in one second where the file system keeps no parts of it', async () => {
    other('CREATE TABLE t (a)');
    writeFileSync(backup, '');
    await copyTo(path, backup, sqlite, nothing);
    session = new NativeRestore(path, backup, sqlite);
    session.hold();
    const second = Math.floor(Date.now() / 1000);
    utimesSync(path, second, second);
    await session.save(() => Promise.resolve(nothing()));
    assert.ok(Date.now() >= (second + 2) * 1000, 'later writes have another time, by two seconds');
  });

  it('says that it cannot where Node has no backup API', () => {
    const older = { ...sqlite, backup: undefined } as unknown as typeof sqlite;
    other('CREATE TABLE t (a)');
    session = new NativeRestore(path, path, sqlite);
    assert.throws(() => new NativeRestore(path, path, older), {
      code: 'restore.refused',
      params: { path, name: 'a.db', reason: 'noBackupApi' },
    });
  });
});
