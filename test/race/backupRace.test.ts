import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { each } from '../support/each';
import { Scratch } from '../support/scratch';
import { useService } from '../support/service';

describe('backups beside a program that writes all the time', () => {
  let scratch: Scratch;
  const service = useService();
  let writer: ChildProcess | undefined;
  beforeEach(() => (scratch = new Scratch()));
  afterEach(() => {
    writer?.kill('SIGKILL');
    scratch.dispose();
  });

  const startWriter = async (first: number): Promise<void> => {
    const args = [scratch.database, String(first)];
    writer = fork(resolve('out/test/race/programs/writeAlways.js'), args, {
      execArgv: ['--no-warnings'],
    });
    await new Promise((told) => writer!.once('message', told));
  };
  const stopWriter = async (): Promise<number[]> => {
    const told = new Promise<number[]>((tell) => writer!.once('message', tell as never));
    writer!.send('stop');
    return told;
  };
  const rowsOf = (file: string): number[] => {
    const copy = new DatabaseSync(`file:${file}?mode=ro&immutable=1`, { readOnly: true });
    try {
      return copy
        .prepare('SELECT v FROM t')
        .all()
        .map((row) => Number(row.v));
    } finally {
      copy.close();
    }
  };

  for (const mode of ['delete', 'wal']) {
    // More than goes through memory, so that the copy is made in steps.
    for (const bytes of [0, 12_000_000]) {
      it(`are what the first statement finds (${mode}, ${bytes} bytes)`, async () => {
        scratch.exec(`PRAGMA journal_mode=${mode}; CREATE TABLE t (v);
          CREATE TABLE large (x); INSERT INTO large VALUES (zeroblob(${bytes}))`);
        await startWriter(1);
        const copies: string[] = [];
        for (let round = 1; round <= 3; round++) {
          scratch.migrate({
            [`00${round}_seen`]: `CREATE TABLE seen${round} AS SELECT count(*) AS n FROM t;`,
          });
          const result = await service.run(scratch.request());
          assert.equal(result.outcome, 'done', JSON.stringify(result.error));
          copies.push(result.backup!);
        }
        const committed = await stopWriter();
        copies.forEach((file, index) => {
          const [seen] = scratch.values(`SELECT n FROM seen${index + 1}`);
          assert.equal(rowsOf(file).length, seen);
        });
        assert.equal(committed.length, Number(scratch.values('SELECT count(*) FROM t')[0]));
      });
    }

    it(`restored, lose nothing that was committed: it is in the copy or in the file (${mode})`, async () => {
      scratch.exec(`PRAGMA journal_mode=${mode}; CREATE TABLE t (v)`);
      scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
      const { owner, engine, wait } = scratch.request();
      const { backup } = await service.run(scratch.request());
      const [{ name }] = await service.backups(scratch.request().target);
      assert.ok(backup?.endsWith(name));
      let tried = 0;
      for (let round = 1; round <= 5; round++) {
        await startWriter(round * 1_000_000);
        const result = await service.restore(
          { database: scratch.database, name, owner, engine, wait, keep: 100 },
          { onEvents: each(({ type }) => (tried += type === 'waiting' ? 1 : 0)) },
        );
        assert.equal(result.outcome, 'done', JSON.stringify(result.error));
        const committed = await stopWriter();
        const found = new Set([...rowsOf(result.backup!), ...liveRows(scratch)]);
        const lost = committed.filter((row) => !found.has(row));
        assert.deepEqual(lost, [], `round ${round}`);
        assert.deepEqual(scratch.values('PRAGMA integrity_check'), ['ok']);
        assert.deepEqual(scratch.rows("SELECT 1 FROM sqlite_schema WHERE name = 'a'"), []);
      }
    });
  }
});

function liveRows(scratch: Scratch): number[] {
  return scratch.values('SELECT v FROM t').map(Number);
}
