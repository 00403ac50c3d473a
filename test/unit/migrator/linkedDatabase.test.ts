import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../../../src/core/connection';
import { Budget, searchLimits } from '../../../src/migrator/discovery/walk';
import { findMigrationSets } from '../../../src/migrator/discovery/migrationSets';
import { readDotEnv } from '../../../src/migrator/discovery/environment';
import { MigrationReader } from '../../../src/migrator/thread/migrationReader';
import { newMigration } from '../../../src/migrator/service/newMigration';
import { NativeConnectionFactory } from '../../../src/sqlite/native/nativeConnection';
import { nativeSqlite } from '../../../src/sqlite/native/nativeModule';
import { Scratch } from '../../support/scratch';
import { elsewhere } from '../../support/sqliteFiles';

const onUnix = process.platform === 'win32' ? describe.skip : describe;

/** Opening and closing the file would drop the lock (https://www.sqlite.org/howtocorrupt.html, 2.2). */
onUnix('a link to a database that is being written', () => {
  let scratch: Scratch;
  let writer: Connection;
  beforeEach(() => {
    scratch = new Scratch().migrate({ '001_a': 'CREATE TABLE a (x);' });
    scratch.exec('CREATE TABLE t (x)');
    writer = new NativeConnectionFactory(scratch.database, nativeSqlite()!).open({
      foreignKeys: false,
    });
    writer.exec('BEGIN IMMEDIATE');
  });
  afterEach(() => {
    writer.close();
    scratch.dispose();
  });

  const at = (name: string): string => join(scratch.folder, name);

  function assertStillLocked(): void {
    elsewhere(`const db = open(${JSON.stringify(scratch.database)});
      require('node:assert').throws(() => db.exec('BEGIN IMMEDIATE'), { errcode: 5 });`);
  }

  it('is no migration, unlike one to another script', () => {
    const target = { database: scratch.database, folders: [scratch.migrations] };
    mkdirSync(at('shared'));
    writeFileSync(at('shared/b.SQL'), 'CREATE TABLE b (x);');
    symlinkSync('../shared', at('migrations/lib'));
    symlinkSync('lib/b.SQL', at('migrations/002_b.sql'));
    const { migrations } = new MigrationReader().read(target);
    assert.deepEqual(
      migrations.map(({ up }) => up.text),
      ['CREATE TABLE a (x);', 'CREATE TABLE b (x);'],
    );
    symlinkSync('../app.db', at('migrations/003_c.sql'));
    assert.throws(() => new MigrationReader().read(target), {
      code: 'migrations.invalid',
      params: { reason: 'unreadable', message: 'a link to app.db' },
    });
    assertStillLocked();
  });

  it('tells nothing about a folder', async () => {
    symlinkSync('../app.db', at('migrations/000_z.sql'));
    const folder = { path: scratch.migrations, root: scratch.folder };
    const { sets } = await findMigrationSets(
      [{ ...folder, files: ['000_z.sql', '001_a.sql'] }],
      [],
      new Budget(searchLimits),
    );
    assert.deepEqual(sets[0]?.versions, ['000', '001']);
    assertStillLocked();
  });

  it('is no sample for a new migration', async () => {
    symlinkSync('../app.db', at('migrations/000_z.sql'));
    await newMigration({ target: scratch.request().target, name: 'more' });
    assertStillLocked();
  });

  it('is no .env, unlike one to another .env', () => {
    writeFileSync(at('dev.env'), 'A=1');
    symlinkSync('dev.env', at('.env'));
    assert.equal(readDotEnv(scratch.folder).get('A'), '1');
    symlinkSync('../app.db', at('migrations/.env'));
    assert.equal(readDotEnv(scratch.migrations).size, 0);
    assertStillLocked();
  });
});
