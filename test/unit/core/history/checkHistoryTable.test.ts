import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { LockstepError } from '../../../../src/core/errors';
import {
  checkHistoryTable,
  type FoundTable,
  historyTableLookSql,
  otherToolOf,
  schemaMigrations,
} from '../../../../src/core/history/historyTable';

function check(...sql: string[]): string {
  const db = new DatabaseSync(':memory:');
  try {
    sql.forEach((one) => db.exec(one));
    const found = db.prepare(historyTableLookSql).get(schemaMigrations.name);
    return checkHistoryTable(schemaMigrations, found as FoundTable | undefined);
  } catch (error) {
    assert.ok(error instanceof LockstepError, String(error));
    assert.equal(error.code, 'history.foreign');
    assert.equal(error.params.table, 'schema_migrations');
    return String(error.params.reason);
  } finally {
    db.close();
  }
}

const dbmates = 'create table if not exists "schema_migrations" (version varchar(128) primary key)';

describe('checkHistoryTable', () => {
  it('accepts our own and dbmate’s table, and its absence', () => {
    assert.equal(check(schemaMigrations.createSql), 'ok');
    assert.equal(check(dbmates), 'ok');
    assert.equal(check('create table Schema_Migrations (VERSION text not null)'), 'ok');
    assert.equal(check(), 'absent');
    assert.equal(
      check('create table other (version)', 'create index schema_migrations on other(version)'),
      'absent',
    );
  });

  it('refuses golang-migrate’s table and other columns', () => {
    assert.equal(check('create table schema_migrations (version uint64, dirty bool)'), 'columns');
    assert.equal(check('create table schema_migrations (id integer primary key)'), 'columns');
    assert.equal(
      check("create table schema_migrations (version, x as ('hidden') virtual)"),
      'columns',
    );
  });

  it('refuses what is no table', () => {
    assert.equal(check('create view schema_migrations as select 1 as version'), 'view');
    assert.equal(
      check(
        'create view Schema_Migrations as select 1 as version',
        'create trigger x instead of insert on schema_migrations begin select 1; end',
      ),
      'view',
    );
    assert.equal(check('create virtual table schema_migrations using fts5(version)'), 'view');
  });

  it('believes the type where the text says otherwise', () => {
    const found = { sql: schemaMigrations.createSql, columns: '["version"]', triggers: 0 };
    assert.equal(checkHistoryTable(schemaMigrations, { ...found, type: 'table' }), 'ok');
    assert.throws(() => checkHistoryTable(schemaMigrations, { ...found, type: 'view' }));
  });

  it('refuses a table with triggers', () => {
    assert.equal(
      check(dbmates, 'create trigger x after insert on Schema_Migrations begin select 1; end'),
      'triggers',
    );
    assert.equal(
      check(dbmates, 'create table a(x)', 'create trigger x after insert on a begin select 1; end'),
      'ok',
    );
  });
});

describe('schemaMigrations', () => {
  it('leaves the same schema as dbmate', () => {
    const [ours, theirs] = [schemaMigrations.createSql, dbmates].map((sql) => {
      const db = new DatabaseSync(':memory:');
      db.exec(sql);
      const rows = db.prepare('select type, name, sql from sqlite_schema').all();
      db.close();
      return rows;
    });
    assert.deepEqual(ours, theirs);
  });

  it('writes to main, whatever stands in temp', () => {
    const { createSql, insertSql, findSql, listSql, deleteSql } = schemaMigrations;
    const db = new DatabaseSync(':memory:');
    db.exec('create temp table schema_migrations (version)');
    db.exec(createSql);
    db.prepare(insertSql).run('001');
    assert.deepEqual(
      { ...db.prepare('select * from main.schema_migrations').get() },
      { version: '001' },
    );
    assert.ok(db.prepare(findSql).get('001'));
    assert.equal(db.prepare(listSql).all().length, 1);
    db.prepare(deleteSql).run('001');
    assert.equal(db.prepare(findSql).get('001'), undefined);
    db.close();
  });
});

describe('otherToolOf', () => {
  it('knows other tools’ tables, however they are written', () => {
    assert.equal(otherToolOf('goose_db_version'), 'goose');
    assert.equal(otherToolOf('DATABASECHANGELOG'), 'Liquibase');
    assert.equal(otherToolOf('SequelizeMeta'), 'Sequelize');
    assert.equal(otherToolOf('users'), undefined);
    assert.equal(otherToolOf(schemaMigrations.name), undefined);
  });
});
