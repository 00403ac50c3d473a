import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { LockstepError } from '../../../../src/core/errors';
import { dbmate } from '../../../../src/core/formats/dbmate';
import type { Migration, Script } from '../../../../src/core/model';
import { prepareScript } from '../../../../src/core/sql/prepareScript';
import { realDbmate } from '../../../support/realDbmate';
import { removeFolder, temporaryFolder } from '../../../support/sqliteFiles';

/**
 * File texts that tell rules apart; the real dbmate says what is right. Several sections are not
 * among them: no release runs them on SQLite, where the second one records its version again.
 */
const texts = {
  plain: '-- migrate:up\ncreate table a(x);\n-- migrate:down\ndrop table a;\n',
  'no line end at the end': '-- migrate:up\ncreate table a(x);\n-- migrate:down\ndrop table a',
  'Windows line ends':
    '-- migrate:up\r\ncreate table a(x);\r\n-- migrate:down\r\ndrop table a;\r\n',
  'no blank in the marker': '--migrate:up\ncreate table a(x);\n--migrate:down\ndrop table a;',
  'blanks in the marker':
    '--\t migrate:up \t\ncreate table a(x);\n--  migrate:down  \ndrop table a;',
  'outside a transaction':
    '-- migrate:up transaction:false\ncreate table a(x); vacuum;\n-- migrate:down transaction:false\ndrop table a; vacuum;',
  'other options':
    '-- migrate:up foo:bar baz\ncreate table a(x);\n-- migrate:down x\ndrop table a;',
  'misspelt option': '-- migrate:up transaction: false\nvacuum;\n-- migrate:down\n',
  'comments first': '-- one\n\n  -- two\n-- migrate:up\ncreate table a(x);\n-- migrate:down\n',
  'block comment first': '/* one */\n-- migrate:up\ncreate table a(x);\n-- migrate:down\n',
  'SQL first': 'create table b(x);\n-- migrate:up\ncreate table a(x);\n-- migrate:down\n',
  'no marker': 'create table a(x);\n',
  'indented marker': ' -- migrate:up\ncreate table a(x);\n -- migrate:down\n',
  'indented down marker':
    '-- migrate:up\ncreate table a(x);\n -- migrate:down\ncreate table b(x);\n-- migrate:down\n',
  'upper case': '-- MIGRATE:UP\ncreate table a(x);\n-- MIGRATE:DOWN\n',
  'a longer word': '-- migrate:upper\ncreate table a(x);\n-- migrate:downer\n',
  'down migration first': '-- migrate:down\ndrop table a;\n-- migrate:up\ncreate table a(x);\n',
  'marker in a string': "-- migrate:up\ncreate table a(x default '\n-- migrate:down\n');\n",
  trigger:
    "-- migrate:up\ncreate table a(x);\ncreate trigger t after insert on a begin select case when 1 then 2 end; end;\ncreate table b(y default ';');\n-- migrate:down\ndrop table a; drop table b;",
  empty: '',
  'empty sections': '-- migrate:up\n-- migrate:down\n',
} satisfies Record<string, string>;

describe('dbmate, beside the real one', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
    mkdirSync(join(folder, 'db', 'migrations'), { recursive: true });
  });
  afterEach(() => removeFolder(folder));

  for (const [name, text] of Object.entries(texts)) {
    it(`reads the same: ${name}`, () => {
      const path = join(folder, 'db', 'migrations', '20260101120000_x.sql');
      writeFileSync(path, text);
      const theirs = realDbmate(folder, 'up').ok ? schema(join(folder, 'database.db')) : 'refused';
      const db = new DatabaseSync(':memory:');
      db.exec(dbmate.historyTable.createSql);
      const [migration] = parsed(path, text);
      assert.deepEqual(applied(db, migration), theirs);
      if (theirs !== 'refused') {
        assert.ok(realDbmate(folder, 'rollback').ok);
        run(db, migration.down!);
        db.prepare(dbmate.historyTable.deleteSql).run(migration.version);
        assert.deepEqual(schemaOf(db), schema(join(folder, 'database.db')));
      }
      db.close();
    });
  }

  it('orders the same', () => {
    const names = ['10_a', '9_a', '1_b', '01_c', '2', '2_a', '20_A', '20_a', '3.up', '3-x', '3_x'];
    const versions = names.map((name, i) => `${i}${name}`);
    for (const name of versions) {
      const text = `-- migrate:up\ncreate table "${name}"(x);\n-- migrate:down\n`;
      writeFileSync(join(folder, 'db', 'migrations', `${name}.sql`), text);
    }
    const { said } = realDbmate(folder, 'status');
    const theirs = [...said.matchAll(/\[ \] (.*)\.sql/g)].map(([, name]) => name);
    const files = versions.map((name) => ({
      path: join(folder, 'db', 'migrations', `${name}.sql`),
      text: '-- migrate:up\n',
    }));
    assert.equal(theirs.length, versions.length);
    assert.deepEqual(
      dbmate.parse(files).map(({ id }) => id),
      theirs,
    );
  });
});

function parsed(path: string, text: string): Migration[] {
  try {
    return dbmate.parse([{ path, text }]);
  } catch (error) {
    assert.ok(error instanceof LockstepError && error.code === 'migrations.invalid');
    return [];
  }
}

function applied(db: DatabaseSync, migration: Migration | undefined): unknown {
  try {
    assert.ok(migration);
    run(db, migration.up);
  } catch {
    return 'refused';
  }
  db.prepare(dbmate.historyTable.insertSql).run(migration.version);
  return schemaOf(db);
}

function run(db: DatabaseSync, script: Script): void {
  const { statements } = prepareScript(script);
  db.exec(script.transaction ? 'begin' : '');
  statements.forEach(({ text }) => db.exec(text));
  db.exec(script.transaction ? 'commit' : '');
}

function schema(path: string): unknown {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    return schemaOf(db);
  } finally {
    db.close();
  }
}

function schemaOf(db: DatabaseSync): unknown {
  const objects = db.prepare('select type, name, sql from sqlite_schema order by name').all();
  return { objects, versions: db.prepare('select version from schema_migrations').all() };
}
