import assert from 'node:assert/strict';
import { LockstepError } from '../../../../src/core/errors';
import { dbmate } from '../../../../src/core/formats/dbmate';
import type { SourceFile } from '../../../../src/core/formats/format';
import type { Migration } from '../../../../src/core/model';
import { prepareScript } from '../../../../src/core/sql/prepareScript';

function file(name: string, text: string): SourceFile {
  return { path: `/m/${name}`, text };
}

function parse(text: string): Migration {
  return dbmate.parse([file('1_x.sql', text)])[0];
}

function refusal(text: string): unknown {
  try {
    parse(text);
  } catch (error) {
    assert.ok(error instanceof LockstepError);
    assert.equal(error.code, 'migrations.invalid');
    assert.equal(error.place!.file, '/m/1_x.sql');
    return [error.params.reason, error.place!.line, error.place!.column];
  }
  return 'none';
}

const minimal = '-- migrate:up\n-- migrate:down\n';

describe('dbmate', () => {
  it('matches the names dbmate matches', () => {
    for (const name of ['1.sql', '20260101120000_x.sql', '1x.sql', '001 x.up.sql']) {
      assert.ok(dbmate.matches(name), name);
    }
    for (const name of ['schema.sql', 'V1__x.sql', '1_x.SQL', '1_x.sql.bak', '.1.sql', 'x1.sql']) {
      assert.ok(!dbmate.matches(name), name);
    }
  });

  it('claims a folder with a marker', () => {
    assert.ok(dbmate.claims([file('1_x.sql', 'select 1;'), file('2_x.sql', minimal)]));
    assert.ok(!dbmate.claims([file('1_x.sql', 'select 1; -- migrate:up')]));
    assert.ok(!dbmate.claims([file('1_x.sql', '-- migrate:down\n')]));
    assert.ok(!dbmate.claims([]));
  });

  it('keeps offsets while it blanks the other direction out', () => {
    const text = '-- 😀\r\n-- migrate:up\r\nselect 1;\r\n\r\n-- migrate:down\r\nselect 2;';
    const { up, down } = parse(text);
    assert.equal(
      up.text,
      '     \r\n             \r\nselect 1;\r\n\r\n               \r\n         ',
    );
    assert.equal(
      down!.text,
      '     \r\n             \r\n         \r\n\r\n               \r\nselect 2;',
    );
    assert.equal(up.text.indexOf('select 1'), text.indexOf('select 1'));
    assert.equal(down!.text.indexOf('select 2'), text.indexOf('select 2'));
    assert.equal(up.file, '/m/1_x.sql');
  });

  it('takes version, id and name from the file name', () => {
    const [one] = dbmate.parse([file('00120_create_users.sql', minimal)]);
    assert.deepEqual(
      [one.version, one.id, one.name],
      ['00120', '00120_create_users', 'create_users'],
    );
    const [other] = dbmate.parse([file('3.up.sql', minimal)]);
    assert.deepEqual([other.version, other.id], ['3', '3.up']);
  });

  it('has no down migration without a down section', () => {
    assert.equal(parse('-- migrate:up\nselect 1;').down, undefined);
    assert.equal(parse(minimal).down!.text.trim(), '');
  });

  it('reads options from the marker lines', () => {
    function options(text: string): unknown[] {
      const { up, down } = parse(text);
      return [up.transaction, up.foreignKeys, down?.transaction, down?.foreignKeys];
    }
    assert.deepEqual(options(minimal), [true, false, true, false]);
    assert.deepEqual(
      options('-- migrate:up transaction:false\r\n-- migrate:down foreign_keys:true\r\n'),
      [false, false, true, true],
    );
    assert.deepEqual(
      options('--migrate:up\tfoo:bar  transaction:false\n--  migrate:down transaction:true'),
      [false, false, true, false],
    );
    // None of these is an option for dbmate either.
    for (const text of [
      'transaction: false',
      'transaction:false:x',
      'transaction=false',
      'Transaction:false',
    ]) {
      assert.deepEqual(options(`-- migrate:up ${text}\n`).slice(0, 2), [true, false], text);
    }
  });

  it('finds markers only where dbmate does', () => {
    for (const text of [
      ' -- migrate:up\n',
      '-- migrate:upper\n',
      '-- Migrate:up\n',
      'select 1; -- migrate:up\n',
      '-- migrate: up\n',
      '',
    ]) {
      assert.deepEqual(refusal(text), ['noUpMarker', 1, 1], text);
    }
    const { up, down } = parse('-- migrate:up\n -- migrate:down\nselect 1;\n--\tmigrate:down');
    assert.match(up.text, /-- migrate:down\nselect 1;/);
    assert.equal(down!.text.trim(), '');
  });

  it('refuses what dbmate refuses, where it stands', () => {
    assert.deepEqual(refusal('-- a\n\n  -- b\n  select 1;\n-- migrate:up\n'), [
      'textBeforeMarker',
      4,
      3,
    ]);
    assert.deepEqual(refusal('/* a */\n-- migrate:up\n'), ['textBeforeMarker', 1, 1]);
    assert.deepEqual(refusal('-- migrate:down\n-- migrate:up\n'), ['downBeforeUp', 1, 1]);
    assert.deepEqual(refusal('-- migrate:up\n-- migrate:down\nselect 1;\n-- migrate:down\n'), [
      'secondDown',
      4,
      1,
    ]);
    assert.equal(refusal('-- a\n\t\n  -- b\n-- migrate:up\n'), 'none');
  });

  it('names the file without markers among those that have them', () => {
    assert.throws(
      () => dbmate.parse([file('1_a.sql', minimal), file('2_b.sql', 'select 1;')]),
      (error: LockstepError) => error.place?.file === '/m/2_b.sql',
    );
  });

  it('runs several sections in order, and their down migrations from the last to the first', () => {
    const { up, down } = parse(`-- migrate:up
create table a(x)
-- migrate:down transaction:false
drop table a
-- migrate:up foreign_keys:true
create table b(x)
-- migrate:up
create table c(x)
-- migrate:down
drop table c
`);
    assert.deepEqual(
      prepareScript(up).statements.map(({ text }) => text),
      ['create table a(x)', 'create table b(x)', 'create table c(x)'],
    );
    assert.deepEqual(
      prepareScript(down!).statements.map(({ text }) => text),
      ['drop table c', 'drop table a'],
    );
    assert.deepEqual([up.transaction, up.foreignKeys], [true, true]);
    assert.deepEqual([down!.transaction, down!.foreignKeys], [false, false]);
  });

  it('orders by file name, across folders', () => {
    const names = ['/b/2_b.sql', '/a/10_a.sql', '/a/1_z.sql', '/b/2_a.sql', '/a/2.sql'];
    const migrations = dbmate.parse(names.map((path) => ({ path, text: minimal })));
    assert.deepEqual(
      migrations.map(({ id }) => id),
      ['10_a', '1_z', '2', '2_a', '2_b'],
    );
  });

  it('tells versions apart by what is written', () => {
    assert.ok(dbmate.sameVersion('01', '01'));
    assert.ok(!dbmate.sameVersion('01', '1'));
    assert.notEqual(dbmate.versionKey('01'), dbmate.versionKey('1'));
  });

  it('makes new files as dbmate does, or in the style of the folder', () => {
    const now = new Date('2026-11-21T14:05:06Z');
    const [first, ...others] = dbmate.newFile([], 'Create Users', now);
    assert.deepEqual(others, []);
    assert.equal(first.fileName, '20261121140506_create_users.sql');
    assert.equal(first.text, '-- migrate:up\n\n\n-- migrate:down\n\n');
    assert.equal(first.text.slice(0, first.cursor), '-- migrate:up\n');
    const existing = dbmate.parse([file('007-a.sql', minimal)]);
    assert.equal(dbmate.newFile(existing, 'b c', now)[0].fileName, '008-b-c.sql');
    assert.equal(refusal(first.text), 'none');
  });
});
