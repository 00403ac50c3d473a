import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import type { CliEnd } from '../support/cliProcess';
import { Cli, resultOf } from '../support/cliProcess';
import { useScratch } from '../support/scratch';

/** More for a thorough search: `LOCKSTEP_RACE_ROUNDS=30`. */
const rounds = Number(process.env.LOCKSTEP_RACE_ROUNDS ?? 3);
const processes = 10;

/** Steps that show it when they run twice or by halves. */
const migrations: Record<string, string> = {
  '001_users': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);',
  '002_counter': 'CREATE TABLE counter (n INTEGER); INSERT INTO counter VALUES (1);',
  '003_column': 'ALTER TABLE users ADD COLUMN email TEXT;',
  '004_rows': `INSERT INTO users (name) WITH RECURSIVE n (i) AS
    (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT 'user ' || i FROM n;`,
  '005_count': 'INSERT INTO counter SELECT count(*) FROM users;',
  '006_index': 'CREATE UNIQUE INDEX users_by_name ON users (name);',
  '007_add': 'UPDATE counter SET n = n + 1;',
  '008_log': 'CREATE TABLE log (at TEXT); INSERT INTO log VALUES (CURRENT_TIMESTAMP);',
};

describe('ten terminals at once', function () {
  this.timeout(60_000 + rounds * 60_000);
  const scratch = useScratch();

  const race = async (node?: string): Promise<CliEnd[]> => {
    scratch.migrate(migrations);
    const args = ['migrate', '--database', scratch.database, '--migrations', scratch.migrations];
    const started = Array.from({ length: processes }, () => new Cli([...args, '--json'], { node }));
    return Promise.all(started.map(({ ended }) => ended));
  };

  const assertOnce = (ends: readonly CliEnd[]): void => {
    for (const { code, out, err } of ends) {
      assert.equal(code, 0, `${out}\n${err}`);
    }
    const applied = ends.flatMap((end) =>
      resultOf(end).applied.map(({ migration }) => migration.version),
    );
    const versions = ['001', '002', '003', '004', '005', '006', '007', '008'];
    assert.deepEqual(applied.sort(), versions, 'each by one of them, and by nobody twice');
    assert.deepEqual(scratch.versions(), versions);
    assert.deepEqual(scratch.values('SELECT n FROM counter ORDER BY n'), [2, 20_001]);
    assert.deepEqual(scratch.values('SELECT count(*) FROM log'), [1]);
    assert.deepEqual(scratch.values('PRAGMA integrity_check'), ['ok']);
  };

  /** Deletes the sentinel's files again and again, until it is told to stop. */
  const vandalise = (): (() => Promise<void>) => {
    let over = false;
    const work = (async () => {
      while (!over) {
        const victim = Math.random() < 0.5 ? '.lock' : '.lock.json';
        await rm(scratch.database + victim, { recursive: true, force: true });
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
      }
    })();
    return async () => {
      over = true;
      await work;
    };
  };

  for (const mode of ['rollback', 'WAL'] as const) {
    for (const disturbed of [false, true]) {
      it(`${mode} mode${disturbed ? ', while the sentinel is deleted under them' : ''}`, async () => {
        for (let round = 0; round < rounds; round++) {
          scratch.dispose();
          if (mode === 'WAL') {
            scratch.exec('PRAGMA journal_mode = wal');
          }
          const stop = disturbed ? vandalise() : () => Promise.resolve();
          try {
            assertOnce(await race());
          } finally {
            await stop();
          }
        }
      });
    }
  }

  it('without node:sqlite: rollback mode works, WAL mode is refused untouched', async function () {
    const node = process.env.LOCKSTEP_NODE20;
    if (!node) {
      this.skip();
    }
    assertOnce(await race(node));
    scratch.dispose();
    scratch.exec('PRAGMA journal_mode = wal; CREATE TABLE own (x)');
    for (const { code, out } of await race(node)) {
      assert.equal(code, 4, out);
    }
    assert.deepEqual(scratch.values('SELECT name FROM sqlite_schema'), ['own']);
  });
});
