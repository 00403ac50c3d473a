import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { SqlJs } from 'sql.js';
import { type Connection, SqliteError } from '../../../../src/core/connection';
import { fileUsers, FileUseWait } from '../../../../src/sqlite/writer/fileUseWait';
import { processIdentity } from '../../../../src/system/process';
import { canonicalPath } from '../../../../src/sqlite/databaseFile';
import { loadSqlJs } from '../../../../src/sqlite/sqljs/sqlJsEngine';
import { NativeConnectionFactory } from '../../../../src/sqlite/native/nativeConnection';
import { nativeSqlite } from '../../../../src/sqlite/native/nativeModule';
import {
  SqlJsConnectionFactory,
  type SqlJsFactoryOptions,
} from '../../../../src/sqlite/writer/sqlJsConnection';
import { elsewhere, removeFolder, temporaryFolder } from '../../../support/sqliteFiles';
import { OtherProgram } from '../../../support/otherProgram';
import { wasmPath } from '../../../support/sqlJs';

/** Many pages changed and written to the file, not committed; then the process dies. */
const crash = `
  database.exec("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000) INSERT INTO t SELECT hex(randomblob(500)) FROM n");
  database.exec("PRAGMA cache_size=1; BEGIN; UPDATE t SET a = 'uncommitted' || a");
  die();`;

describe('SqlJsConnection', () => {
  const self = processIdentity();
  let sqlJs: SqlJs;
  let folder: string;
  let path: string;
  let quoted: string;
  let open: Connection[];
  before(async () => {
    sqlJs = await loadSqlJs(wasmPath);
  });
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder, 'a.db');
    quoted = JSON.stringify(path);
    open = [];
  });
  afterEach(() => {
    open.forEach((connection) => connection.close());
    removeFolder(folder);
  });

  function connect(options: SqlJsFactoryOptions = {}, foreignKeys = false): Connection {
    const factory = new SqlJsConnectionFactory(path, sqlJs, { self, ...options });
    const connection = factory.open({ foreignKeys });
    open.push(connection);
    return connection;
  }

  /** Made by SQLite itself, in another process. */
  function create(sql = '', then = 'database.close()'): void {
    elsewhere(`const database = open(${quoted});
      database.exec(${JSON.stringify(`CREATE TABLE t(a); INSERT INTO t VALUES (1); ${sql}`)});
      ${then}`);
  }

  /** What SQLite itself makes of the file. */
  function check(sql: string, expected: unknown): void {
    elsewhere(`const database = open(${quoted});
      require('node:assert').deepEqual(
        database.prepare(${JSON.stringify(sql)}).all().map((row) => ({ ...row })),
        ${JSON.stringify(expected)});
      require('node:assert').deepEqual(
        { ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });`);
  }

  it('creates a missing file without bytes, as SQLite does', () => {
    connect();
    assert.equal(statSync(path).size, 0);
    path = join(folder, 'none', 'a.db');
    assert.throws(() => connect(), { name: 'SqliteError', code: 14 });
  });

  it('writes at COMMIT, and what is written is a database', () => {
    const connection = connect();
    connection.exec('BEGIN IMMEDIATE');
    connection.exec('CREATE TABLE t(a)');
    connection.exec('INSERT INTO t VALUES (1), (2)');
    assert.equal(connection.inTransaction, true);
    assert.equal(statSync(path).size, 0);
    connection.exec('COMMIT');
    assert.equal(connection.inTransaction, false);
    assert.deepEqual(readdirSync(folder), ['a.db']);
    check('SELECT a FROM t', [{ a: 1 }, { a: 2 }]);
  });

  it('writes nothing at ROLLBACK, or when closed', () => {
    create();
    const before = readFileSync(path);
    for (const end of [(c: Connection) => c.exec('ROLLBACK'), (c: Connection) => c.close()]) {
      const connection = connect();
      connection.exec('BEGIN IMMEDIATE; INSERT INTO t VALUES (2)');
      end(connection);
      assert.deepEqual(readFileSync(path), before);
      assert.deepEqual(readdirSync(folder), ['a.db']);
    }
  });

  it('leaves the file alone when nothing was changed', () => {
    for (const sql of ['', 'CREATE INDEX i ON t(a); PRAGMA user_version=7; DELETE FROM t']) {
      create(sql);
      const before = statSync(path, { bigint: true });
      const connection = connect();
      connection.exec('BEGIN IMMEDIATE');
      connection.all('SELECT * FROM t');
      connection.exec('COMMIT');
      connection.exec('DELETE FROM t WHERE a = 99');
      assert.deepEqual(statSync(path, { bigint: true }).ino, before.ino);
      rmSync(path);
    }
    const connection = connect();
    connection.exec('BEGIN IMMEDIATE; COMMIT');
    assert.equal(statSync(path).size, 0);
  });

  it('notices changes that count no rows', () => {
    create();
    const connection = connect();
    for (const sql of ['PRAGMA user_version=7', 'CREATE TABLE u(a)', 'PRAGMA application_id=5']) {
      const before = readFileSync(path);
      connection.exec(sql);
      assert.notDeepEqual(readFileSync(path), before);
    }
    check('PRAGMA user_version', [{ user_version: 7 }]);
    check('PRAGMA application_id', [{ application_id: 5 }]);
  });

  it('writes each statement outside a transaction', () => {
    create();
    const connection = connect();
    connection.exec('INSERT INTO t VALUES (2)');
    check('SELECT count(*) n FROM t', [{ n: 2 }]);
    connection.all('INSERT INTO t VALUES (?)', 3);
    assert.deepEqual([...connection.iterate('INSERT INTO t VALUES (4) RETURNING a')], [{ a: 4 }]);
    connection.exec('SELECT 1; INSERT INTO t VALUES (5)');
    check('SELECT count(*) n FROM t', [{ n: 5 }]);
    connection.exec('CREATE TABLE u(a); DROP TABLE t; VACUUM');
    check('SELECT name FROM sqlite_schema', [{ name: 'u' }]);
  });

  it('keeps what a failing statement leaves, as SQLite does', () => {
    create('CREATE TABLE u(a UNIQUE)');
    const connection = connect();
    assert.throws(() => connection.exec('INSERT OR FAIL INTO u VALUES (1), (2), (1), (3)'), {
      code: 2067,
    });
    check('SELECT a FROM u', [{ a: 1 }, { a: 2 }]);
  });

  it('begins with a savepoint and ends with an abandoned transaction too', () => {
    create('CREATE TABLE u(a UNIQUE ON CONFLICT ROLLBACK)');
    const connection = connect();
    connection.exec('SAVEPOINT s');
    assert.equal(connection.inTransaction, true);
    connection.exec('INSERT INTO t VALUES (2)');
    connection.exec('RELEASE s');
    assert.equal(connection.inTransaction, false);
    check('SELECT count(*) n FROM t', [{ n: 2 }]);
    connection.exec('BEGIN; INSERT INTO t VALUES (3); INSERT INTO u VALUES (1)');
    assert.throws(() => connection.exec('INSERT INTO u VALUES (1)'));
    assert.equal(connection.inTransaction, false);
    assert.deepEqual(readdirSync(folder), ['a.db']);
    check('SELECT count(*) n FROM t', [{ n: 2 }]);
  });

  it('keeps a failed COMMIT open', () => {
    create(
      'CREATE TABLE p(a PRIMARY KEY); CREATE TABLE c(a REFERENCES p DEFERRABLE INITIALLY DEFERRED)',
    );
    const connection = connect({}, true);
    connection.exec('BEGIN IMMEDIATE');
    connection.exec('INSERT INTO c VALUES (1)');
    assert.throws(() => connection.exec('COMMIT'), { code: 787 });
    assert.equal(connection.inTransaction, true);
    connection.exec('INSERT INTO p VALUES (1)');
    connection.exec('COMMIT');
    check('SELECT * FROM c', [{ a: 1 }]);
  });

  it('locks out its like, and lets it see the rows after', () => {
    create();
    const [first, second] = [connect(), connect()];
    first.exec('BEGIN IMMEDIATE');
    assert.throws(
      () => second.exec('BEGIN IMMEDIATE'),
      (error) => error instanceof SqliteError && error.isBusy,
    );
    assert.deepEqual(second.get('SELECT count(*) n FROM t'), { n: 1 });
    first.exec('INSERT INTO t VALUES (2)');
    first.exec('COMMIT');
    second.exec('BEGIN IMMEDIATE');
    assert.deepEqual(second.get('SELECT count(*) n FROM t'), { n: 2 });
  });

  it('reads a content that has the same size, time and number as before', () => {
    create();
    const connection = connect();
    connection.exec('BEGIN IMMEDIATE; ROLLBACK');
    const { mtime } = statSync(path);
    const escaped = JSON.stringify(mtime);
    elsewhere(`open(${quoted}).exec('UPDATE t SET a = 2');
      require('node:fs').utimesSync(${quoted}, new Date(${escaped}), new Date(${escaped}));`);
    connection.exec('BEGIN IMMEDIATE');
    assert.deepEqual(connection.all('SELECT a FROM t'), [{ a: 2 }]);
  });

  it('keeps settings and changed rows when it reads anew', () => {
    create();
    const connection = connect({}, true);
    connection.exec('PRAGMA recursive_triggers=1');
    connection.exec('INSERT INTO t VALUES (2)');
    elsewhere(`open(${quoted}).exec('INSERT INTO t VALUES (3)')`);
    assert.deepEqual(connection.get('SELECT count(*) n FROM t'), { n: 3 });
    const n = connection.totalChanges();
    connection.exec('UPDATE t SET a = 0');
    assert.equal(connection.totalChanges() - n, 3);
    assert.deepEqual(connection.get('PRAGMA foreign_keys'), { foreign_keys: 1 });
    assert.deepEqual(connection.get('PRAGMA recursive_triggers'), { recursive_triggers: 1 });
    connection.exec('PRAGMA foreign_keys=0');
    connection.exec('INSERT INTO t VALUES (2)');
    assert.deepEqual(connection.get('PRAGMA foreign_keys'), { foreign_keys: 0 });
  });

  for (const [name, spoil] of Object.entries({
    'was written': () => elsewhere(`open(${quoted}).exec('INSERT INTO t VALUES (9)')`),
    'was replaced by its copy': () => {
      const bytes = readFileSync(path);
      writeFileSync(`${path}.new`, bytes.fill(1, bytes.length - 1));
      renameSync(`${path}.new`, path);
    },
    'is gone': () => rmSync(path),
    'has got another name': () => linkSync(path, `${path}.2`),
    'has a -wal': () => writeFileSync(`${path}-wal`, ''),
    'has a -journal': () => writeFileSync(`${path}-journal`, ''),
    'was taken over': () => {
      const taken = JSON.stringify({ ...self, token: 'other' });
      writeFileSync(`${path}.lockstep-claim-2`, taken);
    },
  })) {
    it(`replaces nothing when the file ${name}`, () => {
      create();
      const connection = connect();
      connection.exec('BEGIN IMMEDIATE; INSERT INTO t VALUES (2)');
      spoil();
      const names = readdirSync(folder).filter((file) => file !== 'a.db.lockstep-claim-1');
      const before = existsSync(path) && readFileSync(path);
      assert.throws(() => connection.exec('COMMIT'), { code: 'database.replaced' });
      assert.equal(connection.inTransaction, false);
      assert.deepEqual(readdirSync(folder), names);
      assert.deepEqual(existsSync(path) && readFileSync(path), before);
    });
  }

  it('notices before COMMIT that the path names another file', () => {
    create();
    const connection = connect();
    connection.assertSameFile();
    connection.exec('BEGIN IMMEDIATE; INSERT INTO t VALUES (2)');
    connection.assertSameFile();
    writeFileSync(`${path}.new`, readFileSync(path));
    renameSync(`${path}.new`, path);
    assert.throws(() => connection.assertSameFile(), { code: 'database.replaced' });
  });

  it('starts over after a refused COMMIT', () => {
    create();
    const connection = connect();
    connection.exec('BEGIN IMMEDIATE; INSERT INTO t VALUES (2)');
    elsewhere(`open(${quoted}).exec('INSERT INTO t VALUES (9)')`);
    assert.throws(() => connection.exec('COMMIT'));
    connection.exec('BEGIN IMMEDIATE');
    assert.deepEqual(connection.all('SELECT a FROM t'), [{ a: 1 }, { a: 9 }]);
  });

  const refusals: [string, string, () => void][] = [
    ['WAL mode', 'walHeader', () => create('PRAGMA journal_mode=WAL')],
    ['a -wal', 'wal', () => create('PRAGMA journal_mode=WAL; INSERT INTO t VALUES (2)', 'die()')],
    ['an empty -wal', 'wal', () => (create(), writeFileSync(`${path}-wal`, ''))],
    ['a hot journal', 'journal', () => create('', crash)],
    ['hard links', 'hardLinks', () => (create(), linkSync(path, `${path}.2`))],
    ['a size over the ceiling', 'size', () => (create(), truncateSync(path, 10_240))],
    [
      'a header of the future',
      'unknownHeader',
      () => {
        create();
        const bytes = readFileSync(path);
        bytes[18] = 3;
        writeFileSync(path, bytes);
      },
    ],
  ];
  for (const [name, reason, prepare] of refusals) {
    it(`refuses ${name}`, () => {
      prepare();
      const files = () =>
        readdirSync(folder).map((file) => [file, readFileSync(join(folder, file))]);
      const before = files();
      const ceiling = reason === 'size' ? 10_000 : 100_000_000;
      const connection = connect({ ceiling, journalWaitMs: 0 });
      for (const sql of ['BEGIN IMMEDIATE', 'INSERT INTO t VALUES (1)']) {
        assert.throws(() => connection.exec(sql), {
          code: 'writer.refused',
          params: { path, reason },
        });
      }
      assert.deepEqual(files(), before);
    });
  }

  it('waits for a journal that may be removed, and refuses one that stays', () => {
    create();
    const connection = connect({ journalWaitMs: 20 });
    const isBusy = (error: unknown) => error instanceof SqliteError && error.isBusy;
    const begin = () => connection.exec('BEGIN IMMEDIATE');
    writeFileSync(`${path}-journal`, 'x');
    assert.throws(begin, isBusy);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
    assert.throws(begin, { code: 'writer.refused', params: { path, reason: 'journal' } });
    writeFileSync(`${path}-journal`, 'xy');
    assert.throws(begin, isBusy);
    rmSync(`${path}-journal`);
    begin();
  });

  (process.platform === 'linux' ? describe : describe.skip)('beside another program', () => {
    let other: OtherProgram | undefined;
    afterEach(() => other?.end());

    async function start(sql = 'SELECT 1'): Promise<void> {
      other = new OtherProgram(path);
      await other.sql(sql);
    }

    function isBusy(error: unknown): boolean {
      return error instanceof SqliteError && error.isBusy;
    }

    function refusal(reason: string): (error: Error & { code?: string; params?: object }) => true {
      return ({ code, params }) => {
        assert.equal(code, 'writer.refused');
        const { program, ...rest } = params as Record<string, unknown>;
        assert.deepEqual(rest, { path, reason, pid: other!.pid });
        assert.equal(typeof program, 'string');
        return true;
      };
    }

    for (const [reason, sql] of [
      ['open', 'SELECT 1'],
      ['locked', 'BEGIN IMMEDIATE; SELECT 1'],
    ] as const) {
      it(`waits for a moment, then refuses a file that is ${reason}`, async () => {
        create();
        await start(sql);
        const before = readFileSync(path);
        const patient = connect();
        assert.throws(() => patient.exec('BEGIN IMMEDIATE'), isBusy);
        assert.deepEqual(readdirSync(folder), ['a.db']);
        const connection = connect({ useWaitMs: 0 });
        for (const each of ['BEGIN IMMEDIATE', 'INSERT INTO t VALUES (1)']) {
          assert.throws(() => connection.exec(each), refusal(reason));
        }
        assert.deepEqual(readFileSync(path), before);
        assert.deepEqual(readdirSync(folder), ['a.db']);
      });
    }

    it('goes on when it has gone', async () => {
      create();
      await start();
      const connection = connect();
      assert.throws(() => connection.exec('BEGIN IMMEDIATE'), isBusy);
      await other!.close();
      connection.exec('BEGIN IMMEDIATE; INSERT INTO t VALUES (2); COMMIT');
      check('SELECT count(*) n FROM t', [{ n: 2 }]);
    });

    it('keeps a COMMIT open that has to wait', async () => {
      create();
      const connection = connect();
      connection.exec('BEGIN IMMEDIATE; INSERT INTO t VALUES (2)');
      await start();
      assert.throws(() => connection.exec('COMMIT'), isBusy);
      assert.equal(connection.inTransaction, true);
      await other!.close();
      connection.exec('COMMIT');
      check('SELECT count(*) n FROM t', [{ n: 2 }]);
    });

    it('replaces nothing while it has the file open, however it came to that', async () => {
      create();
      const connection = connect({ useWaitMs: 300 });
      connection.exec('SAVEPOINT s; INSERT INTO t VALUES (2)');
      await start();
      const before = readFileSync(path);
      assert.throws(() => connection.exec('RELEASE s'), refusal('open'));
      assert.equal(connection.inTransaction, false);
      assert.deepEqual(readFileSync(path), before);
      assert.deepEqual(readdirSync(folder), ['a.db']);
    });

    it('outlasts a look that is paused, with what is to be written', async () => {
      create();
      const look = `require('fs').openSync(${JSON.stringify(path)});
        console.log('open'); setTimeout(() => process.exit(), 700);`;
      const looker = spawn(process.execPath, ['-e', look]);
      await once(looker.stdout, 'data');
      new FileUseWait(path, 30_000).outlast();
      assert.deepEqual(fileUsers(path), []);
    });

    it('reads beside it', async () => {
      create();
      await start('BEGIN IMMEDIATE; SELECT 1');
      assert.deepEqual(connect({ useWaitMs: 0 }).all('SELECT a FROM t'), [{ a: 1 }]);
    });
  });

  it('refuses what is not a database', () => {
    writeFileSync(path, 'x'.repeat(4096));
    assert.throws(() => connect().exec('BEGIN IMMEDIATE'), { name: 'SqliteError', code: 26 });
    rmSync(path);
    mkdirSync(path);
    assert.throws(() => connect().exec('BEGIN IMMEDIATE'), { code: 'database.notADatabase' });
  });

  it('refuses what would only seem to work', () => {
    create();
    const connection = connect();
    for (const sql of [
      `ATTACH 'b.db' AS b`,
      `/* now */ VACUUM INTO 'b.db'`,
      `VACUUM main INTO 'b.db'`,
      'PRAGMA journal_mode=WAL',
      'pragma main.journal_mode = "wal"',
      'PRAGMA journal_mode(wal)',
    ]) {
      assert.throws(() => connection.exec(sql), { name: 'SqliteError', code: 1 }, sql);
      assert.throws(() => connection.all(sql), { name: 'SqliteError', code: 1 }, sql);
    }
    connection.exec('VACUUM');
    connection.exec('PRAGMA journal_mode=DELETE');
    connection.exec(`INSERT INTO t VALUES ('PRAGMA journal_mode=WAL')`);
    check('SELECT count(*) n FROM t', [{ n: 2 }]);
  });

  describe('of another owner', () => {
    /** Works as a user who may write the file, as one of its group. */
    function asMember(work: () => void): void {
      const groups = process.getgroups!();
      process.setgroups!([2000, 2001]);
      process.setegid!(2001);
      process.seteuid!(1002);
      try {
        work();
      } finally {
        process.seteuid!(0);
        process.setegid!(0);
        process.setgroups!(groups);
      }
    }

    beforeEach(function () {
      if (process.geteuid?.() !== 0) {
        return this.skip(); // nobody else may give files away
      }
      create();
      chmodSync(path, 0o660);
      chmodSync(folder, 0o777);
    });

    function write(): void {
      const connection = connect();
      connection.exec('BEGIN IMMEDIATE; INSERT INTO t VALUES (2); COMMIT');
    }

    it('refuses where that would not stay so, and leaves nothing behind', () => {
      chownSync(path, 1001, 2000);
      const { ino } = statSync(path);
      const refused = { code: 'writer.refused', params: { path, reason: 'owner' } };
      asMember(() => assert.throws(write, refused));
      assert.equal(statSync(path).ino, ino);
      assert.deepEqual(readdirSync(folder), ['a.db']);
      check('SELECT a FROM t', [{ a: 1 }]);
    });

    it('keeps the group where that can be done', () => {
      chownSync(path, 1002, 2000);
      asMember(write);
      const { uid, gid } = statSync(path);
      assert.deepEqual([uid, gid], [1002, 2000]);
      check('SELECT a FROM t', [{ a: 1 }, { a: 2 }]);
    });
  });

  it('keeps mode, owner and link', function () {
    if (process.platform === 'win32') {
      return this.skip();
    }
    create();
    chmodSync(path, 0o640);
    const { uid, gid } = statSync(path);
    const link = join(folder, 'link.db');
    symlinkSync('a.db', link);
    path = canonicalPath(link);
    connect().exec('INSERT INTO t VALUES (2)');
    const after = statSync(link);
    assert.deepEqual([after.mode & 0o7777, after.uid, after.gid], [0o640, uid, gid]);
    assert.deepEqual(readdirSync(folder), ['a.db', 'link.db']);
    check('SELECT count(*) n FROM t', [{ n: 2 }]);
  });

  it('refuses to replace a file that may not be written', function () {
    create();
    chmodSync(path, 0o444);
    chmodSync(folder, 0o777);
    if (process.getuid?.() === 0) {
      process.seteuid!(65534);
    }
    try {
      const connection = connect();
      assert.throws(() => connection.exec('INSERT INTO t VALUES (2)'), { code: 8 });
    } finally {
      process.seteuid?.(process.getuid!());
    }
    assert.deepEqual(readdirSync(folder), ['a.db']);
    check('SELECT count(*) n FROM t', [{ n: 1 }]);
  });

  it('moves the counters on that tell living connections to read again', () => {
    create();
    const counters = () => {
      const bytes = readFileSync(path);
      return [24, 40, 92].map((at) => bytes.readUInt32BE(at));
    };
    const [change, cookie] = counters() as [number, number];
    connect().exec('INSERT INTO t VALUES (2)');
    assert.deepEqual(counters(), [change + 1, cookie + 1, change + 1]);
    connect().exec('INSERT INTO t VALUES (3)');
    assert.deepEqual(counters(), [change + 2, cookie + 2, change + 2]);
    check('SELECT count(*) n FROM t', [{ n: 3 }]);
  });

  it('is a connection like the other', () => {
    create();
    const connection = connect();
    const row = connection.get(`SELECT ?1 a, 9007199254740993 b, x'00ff' c, NULL d, 1.5 e`, 7);
    const c = new Uint8Array([0, 255]);
    assert.deepEqual(row, { a: 7, b: 9007199254740993n, c, d: null, e: 1.5 });
    assert.equal(connection.get('SELECT 1 WHERE 0'), undefined);
    assert.equal(connection.engine, 'sqljs');
    assert.match(connection.sqliteVersion, /^3\./);
    connection.exec('CREATE TABLE u(a DEFAULT "text" UNIQUE); INSERT INTO u DEFAULT VALUES');
    assert.throws(() => connection.exec('INSERT INTO u DEFAULT VALUES'), { code: 2067 });
    assert.throws(() => connection.all('nonsense'), { name: 'SqliteError', code: 1 });
    for (const found of connection.iterate('SELECT a FROM t')) {
      assert.deepEqual(found, { a: 1 });
      break;
    }
    connection.exec('DROP TABLE t');
    connection.close();
    connection.close();
  });

  describe('beside node:sqlite', () => {
    const sqlite = nativeSqlite()!;
    // Both in one process: allowed here, where no other process has a say.
    function native(): Connection {
      const connection = new NativeConnectionFactory(path, sqlite).open({ foreignKeys: false });
      open.push(connection);
      return connection;
    }

    it('keeps it from beginning and committing', () => {
      create();
      const other = native();
      other.exec('BEGIN IMMEDIATE; INSERT INTO t VALUES (2)');
      const connection = connect();
      assert.throws(() => connection.exec('BEGIN IMMEDIATE'), { code: 5 });
      writeFileSync(`${path}.lockstep-claim-1`, JSON.stringify({ ...self, token: 'one' }));
      assert.throws(() => other.exec('COMMIT'), { code: 5 });
      assert.equal(other.inTransaction, true);
      rmSync(`${path}.lockstep-claim-1`);
      other.exec('COMMIT');
      connection.exec('BEGIN IMMEDIATE');
      assert.deepEqual(connection.get('SELECT count(*) n FROM t'), { n: 2 });
      assert.throws(() => other.exec('BEGIN IMMEDIATE'), { code: 5 });
      assert.equal(other.inTransaction, false);
      connection.exec('COMMIT');
      other.exec('BEGIN IMMEDIATE');
    });

    it('makes it notice a replaced file at COMMIT', () => {
      create();
      const other = native();
      other.exec('BEGIN IMMEDIATE');
      const connection = connect();
      connection.exec('INSERT INTO t VALUES (2)');
      assert.throws(() => other.exec('COMMIT'), { code: 'database.replaced' });
    });
  });
});
