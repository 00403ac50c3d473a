import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SqlJs } from 'sql.js';
import type { Connection } from '../../../../src/core/connection';
import { loadEngine } from '../../../../src/sqlite/engines';
import { loadSqlJs } from '../../../../src/sqlite/sqljs/sqlJsEngine';
import { lookSqlJs, probeHeader } from '../../../../src/sqlite/sqljs/sqlJsLook';
import {
  elsewhere,
  folderBytes,
  removeFolder,
  temporaryFolder,
} from '../../../support/sqliteFiles';
import { wasmPath } from '../../../support/sqlJs';

describe('lookSqlJs', () => {
  let sqlJs: SqlJs;
  let folder: string;
  let path: string;
  let quoted: string;
  before(async () => {
    sqlJs = await loadSqlJs(wasmPath);
  });
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder, 'a.db');
    quoted = JSON.stringify(path);
  });
  afterEach(() => removeFolder(folder));

  const countRows = (connection: Connection) => connection.get('SELECT count(*) n FROM t')!.n;

  function create(mode: string, then = 'database.close()'): void {
    elsewhere(`const database = open(${quoted}); database.exec('PRAGMA journal_mode=${mode};' +
      'CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)'); ${then}`);
  }

  function lookInPeace(): { state: string; journalMode?: string; value?: unknown } {
    const before = folderBytes(folder);
    const { state, journalMode, value } = lookSqlJs(path, countRows, sqlJs);
    assert.deepEqual(folderBytes(folder), before);
    return { state, journalMode, value };
  }

  for (const mode of ['delete', 'persist', 'wal']) {
    it(`reads a database closed in journal mode ${mode}`, () => {
      create(mode);
      if (mode === 'persist') {
        truncateSync(`${path}-journal`);
      }
      const journalMode = mode === 'wal' ? 'wal' : 'delete';
      assert.deepEqual(lookInPeace(), { state: 'ok', journalMode, value: 2 });
      assert.equal(probeHeader(path), 'database');
    });
  }

  it('shows nothing rather than a part: -wal, -journal, size', () => {
    create('wal', 'die()');
    const { state, value } = lookInPeace();
    assert.deepEqual({ state, value }, { state: 'unreadable', value: undefined });
    rmSync(path);
    rmSync(`${path}-wal`);
    create('delete');
    writeFileSync(`${path}-journal`, 'x');
    assert.equal(lookInPeace().state, 'needsRecovery');
    rmSync(`${path}-journal`);
    assert.equal(lookSqlJs(path, countRows, sqlJs, 8191).state, 'unreadable');
    assert.equal(lookSqlJs(path, countRows, sqlJs, 8192).state, 'ok');
  });

  it('knows what is no database', () => {
    assert.equal(lookInPeace().state, 'missing');
    assert.equal(probeHeader(path), 'no');
    writeFileSync(path, '');
    assert.equal(lookInPeace().state, 'empty');
    assert.equal(probeHeader(path), 'empty');
    for (const content of ['x'.repeat(100), 'x'.repeat(4096)]) {
      writeFileSync(path, content);
      assert.equal(lookInPeace().state, 'notADatabase');
      assert.equal(probeHeader(path), 'no');
    }
    rmSync(path);
    mkdirSync(path);
    assert.equal(lookSqlJs(path, countRows, sqlJs).state, 'notADatabase');
    assert.equal(probeHeader(path), 'no');
    if (process.platform !== 'win32') {
      const pipe = join(folder, 'pipe');
      spawnSync('mkfifo', [pipe]);
      assert.equal(lookSqlJs(pipe, countRows, sqlJs).state, 'notADatabase');
      assert.equal(probeHeader(pipe), 'no');
    }
  });

  it('says what is wrong with a damaged database', () => {
    create('delete');
    truncateSync(path, 4096);
    writeFileSync(path, Buffer.alloc(4096, 'x'), { flag: 'a' });
    const { state, message } = lookSqlJs(path, countRows, sqlJs);
    assert.deepEqual([state, message], ['unreadable', 'database disk image is malformed']);
  });

  it('reads only, without trust', () => {
    create('delete');
    elsewhere(`open(${quoted}).exec('CREATE VIEW v AS SELECT * FROM pragma_table_list')`);
    assert.throws(() => lookSqlJs(path, (c) => c.get('SELECT * FROM v'), sqlJs), { code: 1 });
    assert.equal(lookSqlJs(path, (c) => c.exec('DELETE FROM t'), sqlJs).state, 'unreadable');
  });

  it('is what the sql.js engine looks with', async () => {
    create('delete');
    for (const name of ['native', 'sqljs'] as const) {
      const engine = await loadEngine(name, wasmPath);
      const { state, value, sqliteVersion } = engine.look(path, (connection) => [
        connection.engine,
        countRows(connection),
      ]);
      assert.deepEqual([engine.name, state, value], [name, 'ok', [name, 2]]);
      assert.equal(engine.sqliteVersion, sqliteVersion);
      assert.equal(engine.probe(path), 'database');
      const connection = engine.connections(path).open({ foreignKeys: false });
      assert.deepEqual([connection.engine, connection.sqliteVersion], [name, sqliteVersion]);
      connection.close();
    }
    assert.deepEqual(readdirSync(folder), ['a.db']);
  });
});
