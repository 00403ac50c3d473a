import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Connection } from '../../../../src/core/connection';
import { LockstepError } from '../../../../src/core/errors';
import { look, probe } from '../../../../src/sqlite/native/nativeLook';
import { NativeConnectionFactory } from '../../../../src/sqlite/native/nativeConnection';
import { nativeSqlite } from '../../../../src/sqlite/native/nativeModule';
import {
  elsewhere,
  folderBytes,
  namesLikeUris,
  removeFolder,
  temporaryFolder,
} from '../../../support/sqliteFiles';

/** Two rows in table t. */
const create = `database.exec('CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 1), (2, 2)');`;
/** Many pages changed and written to the file, not committed; then the process dies. */
const crash = `
  database.exec("INSERT INTO t SELECT value, hex(randomblob(500)) FROM generate_series(1, 2000)"
    .replace('generate_series(1, 2000)',
      '(WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 2000) SELECT * FROM n)'));
  database.exec("PRAGMA cache_size=1; BEGIN; UPDATE t SET b = 'uncommitted' || b, a = -1");
  die();`;

describe('look', () => {
  const sqlite = nativeSqlite()!;
  const isRoot = process.getuid?.() === 0;
  let folder: string;
  let path: string;
  let quoted: string;
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder, 'a.db');
    quoted = JSON.stringify(path);
  });
  afterEach(() => {
    chmodSync(folder, 0o700);
    removeFolder(folder);
  });

  const countRows = (connection: Connection) => connection.get('SELECT count(*) n FROM t')!.n;

  /** Looks twice and holds that nothing in the folder changed; `-shm` is for readers to write. */
  function lookInPeace(module = sqlite): { state: string; journalMode?: string; value?: unknown } {
    const stable = () => ({ ...folderBytes(folder), ['a.db-shm']: '' });
    const before = stable();
    const names = readdirSync(folder);
    const { state, journalMode, value } = look(path, countRows, module);
    look(path, countRows, module);
    assert.deepEqual(stable(), before);
    assert.deepEqual(readdirSync(folder), names);
    return { state, journalMode, value };
  }

  for (const mode of ['delete', 'truncate', 'persist', 'wal']) {
    it(`reads a database closed in journal mode ${mode}`, () => {
      elsewhere(`const database = open(${quoted}); database.exec('PRAGMA journal_mode=${mode}');
        ${create} database.close();`);
      const journalMode = mode === 'wal' ? 'wal' : 'delete';
      const expected = { state: 'ok', journalMode, value: 2 };
      const seen = lookInPeace();
      assert.deepEqual({ ...seen, journalMode: seen.journalMode && journalMode }, expected);
    });
  }

  it('tells size and version', () => {
    elsewhere(`const database = open(${quoted}); ${create}`);
    const { sizeBytes, sqliteVersion } = look(path, countRows);
    assert.equal(sizeBytes, 8192);
    assert.match(sqliteVersion, /^3\.\d+\.\d+$/);
  });

  it('reads beside a live WAL writer, with what is not checkpointed', () => {
    const writer = new NativeConnectionFactory(path, sqlite).open({ foreignKeys: false });
    writer.exec(`PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES (1)`);
    writer.exec('BEGIN IMMEDIATE; INSERT INTO t VALUES (2)');
    const names = readdirSync(folder);
    const { state, journalMode, value } = look(path, countRows);
    assert.deepEqual({ state, journalMode, value }, { state: 'ok', journalMode: 'wal', value: 1 });
    assert.deepEqual(readdirSync(folder), names);
    writer.exec('COMMIT');
    assert.equal(look(path, countRows).value, 2);
    writer.close();
  });

  it('reads what a killed WAL writer left', () => {
    elsewhere(`const database = open(${quoted}); database.exec('PRAGMA journal_mode=WAL');
      ${create} die();`);
    assert.deepEqual(lookInPeace(), { state: 'ok', journalMode: 'wal', value: 2 });
  });

  it('leaves WAL frames without their -shm to the next run', () => {
    elsewhere(`const database = open(${quoted}); database.exec('PRAGMA journal_mode=WAL');
      ${create} die();`);
    rmSync(`${path}-shm`);
    assert.equal(lookInPeace().state, 'needsRecovery');
  });

  it('reads beside an empty -wal without -shm', () => {
    elsewhere(`const database = open(${quoted}); database.exec('PRAGMA journal_mode=WAL');
      ${create} database.close();`);
    writeFileSync(`${path}-wal`, '');
    assert.deepEqual(lookInPeace(), { state: 'ok', journalMode: 'wal', value: 2 });
  });

  it('leaves a hot journal to the next run and shows no uncommitted row', () => {
    elsewhere(`const database = open(${quoted}); ${create} ${crash}`);
    assert.deepEqual(readdirSync(folder), ['a.db', 'a.db-journal']);
    assert.equal(lookInPeace().state, 'needsRecovery');
    elsewhere(`open(${quoted}).prepare('SELECT * FROM t').all()`);
    assert.equal(lookInPeace().value, 2002);
  });

  it('reads beside a journal that is not hot', () => {
    elsewhere(`const database = open(${quoted}); ${create} database.close();`);
    writeFileSync(`${path}-journal`, '');
    assert.deepEqual(lookInPeace(), { state: 'ok', journalMode: 'delete', value: 2 });
  });

  it('reads a WAL database beside a stray journal', () => {
    elsewhere(`const database = open(${quoted}); database.exec('PRAGMA journal_mode=WAL');
      ${create} database.close();`);
    writeFileSync(`${path}-journal`, Buffer.alloc(512));
    assert.deepEqual(lookInPeace(), { state: 'ok', journalMode: 'wal', value: 2 });
  });

  it('reads beside a writer in the middle of a transaction', () => {
    const writer = new NativeConnectionFactory(path, sqlite).open({ foreignKeys: false });
    writer.exec('CREATE TABLE t(a); INSERT INTO t VALUES (1); BEGIN IMMEDIATE');
    writer.exec('INSERT INTO t VALUES (2)');
    assert.deepEqual(readdirSync(folder), ['a.db', 'a.db-journal']);
    assert.equal(look(path, countRows).value, 1);
    writer.exec('COMMIT');
    writer.close();
  });

  it('says busy while a writer shuts readers out', () => {
    const writer = new NativeConnectionFactory(path, sqlite).open({ foreignKeys: false });
    writer.exec('CREATE TABLE t(a); BEGIN EXCLUSIVE; INSERT INTO t VALUES (2)');
    assert.equal(look(path, countRows).state, 'busy');
    writer.close();
  });

  it('reads again when the file changed meanwhile', () => {
    elsewhere(`const database = open(${quoted}); ${create} database.close();`);
    const seen: unknown[] = [];
    const { value } = look(path, (connection) => {
      seen.push(countRows(connection));
      if (seen.length === 1) {
        elsewhere(`open(${quoted}).exec('INSERT INTO t VALUES (3, 3)')`);
      }
      return seen.at(-1);
    });
    assert.deepEqual({ value, seen }, { value: 3, seen: [2, 3] });
  });

  it('reads a database that changes all the time, in the end with locks', () => {
    elsewhere(`const database = open(${quoted}); ${create} database.close();`);
    let looks = 0;
    const { state, value } = look(path, (connection) => {
      const n = countRows(connection);
      const refused = ++looks < 5 ? 0 : 5;
      elsewhere(`
        let code = 0;
        try { open(${quoted}).exec('INSERT INTO t VALUES (3, 3)'); } catch (error) { code = error.errcode; }
        require('node:assert').equal(code, ${refused});`);
      return n;
    });
    assert.deepEqual({ state, value, looks }, { state: 'ok', value: 6, looks: 5 });
  });

  it('gives up on a database that changes at every look', () => {
    elsewhere(`const database = open(${quoted}); database.exec('PRAGMA journal_mode=WAL');
      ${create} database.close();`);
    const { state, value } = look(path, () => {
      elsewhere(`open(${quoted}).exec('INSERT INTO t VALUES (3, 3)')`);
      return 1;
    });
    assert.deepEqual({ state, value }, { state: 'busy', value: undefined });
  });

  it('keeps the locks of this process', () => {
    const writer = new NativeConnectionFactory(path, sqlite).open({ foreignKeys: false });
    writer.exec('CREATE TABLE t(a); BEGIN IMMEDIATE; INSERT INTO t VALUES (2)');
    look(path, countRows);
    probe(path, sqlite);
    elsewhere(`
      const database = open(${quoted});
      try { database.exec('BEGIN IMMEDIATE'); } catch (error) { process.exit(error.errcode - 5); }
      throw new Error('the lock was gone');`);
    writer.exec('COMMIT');
    writer.close();
  });

  it('gives its reader one snapshot', () => {
    elsewhere(`const database = open(${quoted}); database.exec('PRAGMA journal_mode=WAL');
      ${create} die();`);
    const { value } = look(path, (connection) => {
      const first = countRows(connection);
      elsewhere(`open(${quoted}).exec('INSERT INTO t VALUES (3, 3)'); die();`);
      return [first, countRows(connection)];
    });
    assert.deepEqual(value, [2, 2]);
  });

  it('calls a database without tables empty', () => {
    elsewhere(`open(${quoted}).exec('CREATE TABLE t(a); DROP TABLE t')`);
    assert.deepEqual(lookInPeace().state, 'empty');
    truncateSync(path);
    assert.deepEqual(lookInPeace().state, 'empty');
  });

  it('never creates', () => {
    assert.equal(lookInPeace().state, 'missing');
    assert.equal(look(join(path, 'b.db'), countRows).state, 'missing');
    symlinkSync('none', path);
    assert.equal(lookInPeace().state, 'missing');
  });

  it('follows a link to the files beside its target', () => {
    mkdirSync(join(folder, 'real'));
    const target = join(folder, 'real', 'b.db');
    elsewhere(`const database = open(${JSON.stringify(target)});
      database.exec('PRAGMA journal_mode=WAL'); ${create} die();`);
    symlinkSync(join('real', 'b.db'), path);
    assert.deepEqual(lookInPeace(), { state: 'ok', journalMode: 'wal', value: 2 });
    rmSync(`${target}-shm`);
    assert.equal(lookInPeace().state, 'needsRecovery');
  });

  it('says when links go round', () => {
    symlinkSync('a.db', path);
    assert.equal(look(path, countRows).state, 'unreadable');
  });

  for (const content of [
    'x'.repeat(100),
    'x'.repeat(4096),
    'SQLite format 3\0' + 'x'.repeat(4080),
  ]) {
    it(`knows what is not a database: ${content.length} bytes, ${content.slice(0, 6)}`, () => {
      writeFileSync(path, content);
      assert.equal(lookInPeace().state, 'notADatabase');
      assert.equal(probe(path, sqlite), 'no');
    });
  }

  it('says what is wrong with a damaged database', () => {
    elsewhere(`const database = open(${quoted}); ${create} database.close();`);
    truncateSync(path, 4096);
    appendFileSync(path, Buffer.alloc(4096, 'x'));
    const { state, message } = look(path, countRows);
    assert.deepEqual([state, message], ['unreadable', 'database disk image is malformed']);
  });

  it('opens no folder, pipe, device or socket', async function () {
    mkdirSync(path);
    assert.equal(look(path, countRows).state, 'notADatabase');
    assert.equal(probe(path, sqlite), 'no');
    if (process.platform === 'win32') {
      return this.skip();
    }
    const pipe = join(folder, 'pipe');
    spawnSync('mkfifo', [pipe]);
    const server = createServer().listen(join(folder, 'socket'));
    await once(server, 'listening');
    for (const file of [pipe, join(folder, 'socket'), '/dev/zero']) {
      assert.equal(look(file, countRows).state, 'notADatabase', file);
      assert.equal(probe(file, sqlite), 'no', file);
    }
    server.close();
  });

  it('throws what its reader throws, and what is wrong with its SQL', () => {
    elsewhere(`const database = open(${quoted}); ${create} database.close();`);
    assert.throws(() => look(path, (connection) => connection.get('SELECT * FROM u')), { code: 1 });
    assert.equal(look(path, (c) => c.exec('DELETE FROM t')).state, 'unreadable');
    const error = new LockstepError('history.foreign');
    assert.throws(() => {
      look(path, () => {
        throw error;
      });
    }, error);
  });

  it('gives a stranger’s schema no trust', () => {
    elsewhere(`const database = open(${quoted}); ${create}
      database.exec("CREATE VIEW v AS SELECT * FROM pragma_table_list"); database.close();`);
    assert.throws(() => look(path, (connection) => connection.get('SELECT * FROM v')), { code: 1 });
  });

  for (const name of namesLikeUris) {
    it(`takes ${name} literally`, function () {
      if (process.platform === 'win32' && /[?:]/.test(name)) {
        return this.skip();
      }
      path = join(folder, name);
      elsewhere(`const database = open(${JSON.stringify(path)}); ${create} database.close();`);
      assert.equal(lookInPeace().value, 2);
      assert.equal(probe(path, sqlite), 'database');
    });
  }

  it('probes without reading what is beside the file', () => {
    assert.equal(probe(path, sqlite), 'no');
    writeFileSync(path, '');
    assert.equal(probe(path, sqlite), 'empty');
    elsewhere(`const database = open(${quoted}); database.exec('PRAGMA journal_mode=WAL');
      ${create} die();`);
    const before = folderBytes(folder);
    assert.equal(probe(path, sqlite), 'database');
    assert.deepEqual(folderBytes(folder), before);
    copyFileSync(path, join(folder, 'b.db'));
    assert.equal(probe(join(folder, 'b.db'), sqlite), 'database');
    assert.deepEqual(readdirSync(folder), ['a.db', 'a.db-shm', 'a.db-wal', 'b.db']);
  });

  // An own process where this one may write everywhere.
  for (const mode of ['delete', 'wal']) {
    it(`reads in a folder that may not be written (${mode})`, function () {
      if (process.platform === 'win32') {
        return this.skip();
      }
      elsewhere(`const database = open(${quoted}); database.exec('PRAGMA journal_mode=${mode}');
        ${create} database.close();`);
      chmodSync(folder, 0o555);
      chmodSync(path, 0o444);
      if (!isRoot) {
        assert.deepEqual(lookInPeace(), { state: 'ok', journalMode: mode, value: 2 });
        return;
      }
      process.seteuid!(65534);
      try {
        assert.deepEqual(lookInPeace(), { state: 'ok', journalMode: mode, value: 2 });
      } finally {
        process.seteuid!(0);
      }
    });
  }

  describe('on a Node before 22.15, which takes no URIs', () => {
    const older: typeof sqlite = {
      ...sqlite,
      DatabaseSync: new Proxy(sqlite.DatabaseSync, {
        construct: (target, [file, options = {}]) => {
          assert.doesNotMatch(String(file), /^file:/);
          return new target(String(file), options as object);
        },
      }),
    };

    for (const mode of ['delete', 'persist', 'wal']) {
      it(`reads a database closed in journal mode ${mode}`, () => {
        elsewhere(`const database = open(${quoted}); database.exec('PRAGMA journal_mode=${mode}');
          ${create} database.close();`);
        const journalMode = mode === 'wal' ? 'wal' : 'delete';
        assert.deepEqual(lookInPeace(older), { state: 'ok', journalMode, value: 2 });
        const before = folderBytes(folder);
        assert.equal(probe(path, older), 'database');
        assert.deepEqual(folderBytes(folder), before);
      });
    }

    it('reads what a killed WAL writer left, unless its -shm is missing', () => {
      elsewhere(`const database = open(${quoted}); database.exec('PRAGMA journal_mode=WAL');
        ${create} die();`);
      assert.deepEqual(lookInPeace(older), { state: 'ok', journalMode: 'wal', value: 2 });
      rmSync(`${path}-shm`);
      assert.equal(lookInPeace(older).state, 'needsRecovery');
    });

    it('leaves a hot journal alone', () => {
      elsewhere(`const database = open(${quoted}); ${create} ${crash}`);
      assert.equal(lookInPeace(older).state, 'needsRecovery');
      const before = folderBytes(folder);
      assert.equal(probe(path, older), 'database');
      assert.deepEqual(folderBytes(folder), before);
    });

    it('knows what is no database', () => {
      assert.equal(probe(path, older), 'no');
      writeFileSync(path, 'x'.repeat(4096));
      assert.equal(probe(path, older), 'no');
      assert.deepEqual(readdirSync(folder), ['a.db']);
    });
  });

  it('is right beside a process that opens, writes and closes all the time', async () => {
    elsewhere(`const database = open(${quoted}); ${create} database.close();`);
    const writer = spawn(process.execPath, [
      '--no-warnings',
      '-e',
      `const { DatabaseSync } = require('node:sqlite');
       process.stdin.on('close', () => process.exit()).resume();
       for (const mode of ['delete', 'truncate', 'wal', 'wal']) setInterval(() => {
         try {
           const database = new DatabaseSync(${quoted});
           database.exec('PRAGMA busy_timeout=1000; PRAGMA journal_mode=' + mode);
           database.exec('BEGIN; INSERT INTO t VALUES (9, 9)');
           database.exec('INSERT INTO t VALUES (9, 9); COMMIT');
           database.close();
           console.log();
         } catch {}
       }, 1);`,
    ]);
    await once(writer.stdout, 'data');
    try {
      const values = new Set<unknown>();
      for (let i = 0; i < 150; i++) {
        const { state, value } = look(path, countRows);
        values.add(value);
        assert.ok(
          state === 'busy' || (state === 'ok' && Number(value) % 2 === 0),
          `${state} ${value}`,
        );
      }
      assert.ok(values.size > 2, 'it saw writes');
    } finally {
      writer.kill();
    }
  });
});
