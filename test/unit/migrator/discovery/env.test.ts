import assert from 'node:assert/strict';
import {
  parseDotEnv,
  pathOfSqliteUrl,
  projectEnv,
} from '../../../../src/migrator/discovery/environment';
import { native } from '../../../support/paths';

describe('parseDotEnv', () => {
  it('reads what dbmate’s library reads', () => {
    const text = [
      '\ufeff# a comment',
      'DATABASE_URL="sqlite:db/app.db" # why',
      'export PLAIN = value with blanks   # comment',
      "LITERAL='$PLAIN \\n'",
      'YAML: yes',
      'EMPTY=',
      'NAME=shop',
      'REF=sqlite:${NAME}/$NAME.db',
      'HASH=a#b',
      'ESCAPED="a\\"b\\nc \\$NAME"',
      'no assignment here',
      'LAST=1\r',
    ].join('\n');
    assert.deepEqual(Object.fromEntries(parseDotEnv(text)), {
      DATABASE_URL: 'sqlite:db/app.db',
      PLAIN: 'value with blanks',
      LITERAL: '$PLAIN \\n',
      YAML: 'yes',
      EMPTY: '',
      NAME: 'shop',
      REF: 'sqlite:shop/shop.db',
      HASH: 'a#b',
      ESCAPED: 'a"b\nc $NAME',
      LAST: '1',
    });
  });
});

describe('pathOfSqliteUrl', () => {
  const urls: [url: string, path: string | undefined][] = [
    ['sqlite:foo/bar.sqlite3?mode=ro', 'foo/bar.sqlite3'],
    ['sqlite:./foo/bar.sqlite3', './foo/bar.sqlite3'],
    ['sqlite:../foo.db', '../foo.db'],
    ['sqlite:/tmp/foo.db', '/tmp/foo.db'],
    ['sqlite://tmp/foo.db', '/tmp/foo.db'],
    ['sqlite:///tmp/foo.db', '/tmp/foo.db'],
    ['sqlite:////tmp/foo.db', '/tmp/foo.db'],
    ['sqlite3:db/app.db', 'db/app.db'],
    ['SQLite:db/app.db', 'db/app.db'],
    ['sqlite:my%20app.db#x', 'my app.db'],
    ['sqlite:my app.db', 'my app.db'],
    ['sqlite:100%.db', '100%.db'],
    ['sqlite::memory:', undefined],
    ['sqlite:', undefined],
    ['postgres://localhost/app', undefined],
    ['postgres://user:secret@host/app', undefined],
    // As dbmate reads it: the user is no part of the path.
    ['sqlite://user:secret@host/x.db', '/host/x.db'],
    ['sqlite://user:sec%2Fret@host/x.db', '/host/x.db'],
    ['sqlite://user:sec@ret@host/x.db', '/host/x.db'],
    ['sqlite://user@host/x.db?mode=ro', '/host/x.db'],
    ['sqlite://C:/p/app.db', '/C:/p/app.db'],
    ['sqlite:p@q/app.db', 'p@q/app.db'],
    ['sqlite:///p/a@b:c.db', '/p/a@b:c.db'],
    // What would leave a part of a password in a path names no file.
    ['sqlite://user:sec/ret@host/x.db', undefined],
    ['sqlite://user:12/ret@host/x.db', undefined],
    ['sqlite://user:sec#ret@host/x.db', undefined],
    ['sqlite:user:secret@host/x.db', undefined],
    ['sqlite:///user:secret@host/x.db', undefined],
    ['sqlite:postgres://user:secret@host/x', undefined],
    ['', undefined],
  ];
  for (const [url, path] of urls) {
    it(`${url || '(nothing)'} is ${path ?? 'no file'}`, () => {
      assert.equal(pathOfSqliteUrl(url), path);
    });
  }
});

describe('projectEnv', () => {
  it('resolves against the folder of the file', () => {
    assert.deepEqual(
      projectEnv(native('/p'), {
        DATABASE_URL: 'sqlite:db/app.db',
        DBMATE_MIGRATIONS_DIR: './a, b/c,/d',
      }),
      {
        folder: native('/p'),
        database: native('/p/db/app.db'),
        migrations: ['/p/a', '/p/b/c', '/d'].map(native),
      },
    );
    assert.deepEqual(projectEnv('/p', {}), { folder: '/p', database: undefined, migrations: [] });
  });
});
