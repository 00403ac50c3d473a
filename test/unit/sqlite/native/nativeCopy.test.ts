import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as sqlite from 'node:sqlite';
import type { NativeModule } from '../../../../src/sqlite/native/nativeModule';
import { copyTo } from '../../../support/copyTo';
import { elsewhere, removeFolder, temporaryFolder } from '../../../support/sqliteFiles';

/** Node as it was before it could do one or the other. */
class WithoutSerialize extends sqlite.DatabaseSync {
  override serialize = undefined as never;
}
const withBackup = { ...sqlite, DatabaseSync: WithoutSerialize } as NativeModule;
const oldest = { ...withBackup, backup: undefined } as unknown as NativeModule;

describe('nativeCopy', () => {
  let folder: string;
  let path: string;
  let to: string;
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder, 'a.db');
    to = join(folder, 'copy');
    writeFileSync(to, '');
  });
  afterEach(() => removeFolder(folder));

  const rows = (file: string): unknown[] => {
    const copy = new sqlite.DatabaseSync(`file:${file}?mode=ro&immutable=1`, { readOnly: true });
    try {
      return copy
        .prepare('SELECT rowid AS id, a FROM t')
        .all()
        .map((row) => row.a);
    } finally {
      copy.close();
    }
  };

  for (const [name, engine] of [
    ['through memory', sqlite],
    ['through the backup API', withBackup],
    ['with VACUUM INTO', oldest],
  ] as const) {
    for (const mode of ['delete', 'wal', 'persist']) {
      it(`copies beside our own write transaction, and keeps its lock: ${name}, ${mode}`, async () => {
        const live = new sqlite.DatabaseSync(path);
        live.exec(`PRAGMA journal_mode=${mode}; CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)`);
        live.exec('BEGIN IMMEDIATE');
        await copyTo(path, to, engine, () => undefined);
        elsewhere(`const other = open(${JSON.stringify(path)});
          require('node:assert').throws(() => other.exec('BEGIN IMMEDIATE'), { errcode: 5 });`);
        live.exec('INSERT INTO t VALUES (3); COMMIT');
        live.close();
        assert.deepEqual(rows(to), [1, 2]);
        const left = readdirSync(folder).filter((file) => file.startsWith('copy'));
        assert.deepEqual(left, ['copy']);
      });
    }
  }

  it('copies byte by byte but for VACUUM INTO; the backup API counts changes anew', async () => {
    elsewhere(`open(${JSON.stringify(path)}).exec("CREATE TABLE t (a); INSERT INTO t VALUES (1)")`);
    for (const engine of [sqlite, withBackup]) {
      writeFileSync(to, '');
      await copyTo(path, to, engine, () => undefined);
      const [copy, original] = [readFileSync(to), readFileSync(path)];
      for (const bytes of engine === sqlite ? [] : [copy, original]) {
        bytes.fill(0, 24, 28).fill(0, 92, 96);
      }
      assert.deepEqual(copy, original);
    }
  });

  it('can be stopped, and then leaves no journal', async () => {
    elsewhere(`open(${JSON.stringify(path)}).exec(
      "CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(20000000))")`);
    let steps = 0;
    await assert.rejects(
      copyTo(path, to, withBackup, () => {
        if (++steps === 3) {
          throw new Error('stop');
        }
      }),
      { message: 'stop' },
    );
    assert.equal(steps, 3);
    assert.ok(!existsSync(`${to}-journal`));
  });

  it('says what SQLite says', async () => {
    writeFileSync(path, 'not a database'.repeat(100));
    for (const engine of [sqlite, withBackup, oldest]) {
      await assert.rejects(
        copyTo(path, to, engine, () => undefined),
        { name: 'SqliteError', code: 26 },
      );
    }
  });
});
