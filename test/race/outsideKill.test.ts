import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Mark } from '../../src/core/run/runningMark';
import { Cli, objects, resultOf, type CliEnd } from '../support/cliProcess';
import { OtherProgram } from '../support/otherProgram';
import { Scratch } from '../support/scratch';
import { slowStatement } from '../support/slowStep';
import { until } from '../support/until';

const onUnix = process.platform === 'win32' ? describe.skip : describe;

/**
 * A savepoint outside a transaction begins one, and its RELEASE commits it: up to there a kill leaves
 * nothing, from there on it leaves rows that a second run would add again.
 */
onUnix('kill -9 around a RELEASE outside a transaction', () => {
  let scratch: Scratch;
  let other: OtherProgram | undefined;
  let killed: Cli | undefined;
  beforeEach(() => {
    scratch = new Scratch();
    scratch.exec('CREATE TABLE big (i, filler)');
  });
  afterEach(() => {
    killed?.process.kill('SIGKILL');
    other?.end();
    scratch.dispose();
  });

  function start(): Cli {
    const where = ['-d', scratch.database, '-m', scratch.migrations];
    return new Cli(['migrate', '--json', '--no-rehearse', '--backups', '0', ...where]);
  }

  function script(...statements: string[]): void {
    scratch.migrate({ '001_own': ['-- lockstep: transaction:false', ...statements].join('\n') });
  }

  /** Nothing while it is not there, or not yet whole. */
  function mark(): Mark | undefined {
    try {
      const path = join(scratch.folder, '.lockstep', 'app.db.running.json');
      return JSON.parse(readFileSync(path, 'utf8')) as Mark;
    } catch {
      return undefined;
    }
  }

  /** Kills a run as soon as the mark on the disk says that a statement is about to run. */
  async function killAt(statement: number, afterMs = 0): Promise<void> {
    killed = start();
    await until(() => (mark()?.statement ?? 0) >= statement);
    await delay(afterMs);
    killed.process.kill('SIGKILL');
    assert.equal((await killed.ended).signal, 'SIGKILL');
  }

  function assertInterrupted(end: CliEnd, statement: number): void {
    const { outcome, error } = resultOf(end);
    assert.deepEqual([end.code, outcome, error?.code], [4, 'refused', 'run.interrupted']);
    assert.equal(error?.params.statement, statement);
  }

  async function status(): Promise<{ statement: number; orphaned: boolean } | undefined> {
    const where = ['-d', scratch.database, '-m', scratch.migrations];
    const [answer] = objects(await Cli.run(['status', '--json', ...where]));
    return answer.mark as { statement: number; orphaned: boolean } | undefined;
  }

  const insert = 'INSERT INTO big (i) VALUES (-1);';
  const slow = slowStatement().replace('big SELECT', 'big (i) SELECT');

  it('before it: nothing is left, and the next run says nothing and does it all', async () => {
    script('SAVEPOINT s;', insert, slow, 'RELEASE s;');
    await killAt(3);
    assert.deepEqual(scratch.values('SELECT count(*) FROM big'), [0]);
    assert.equal(await status(), undefined, 'no false alarm');
    script('SAVEPOINT s;', insert, 'RELEASE s;');
    assert.equal(resultOf(await start().ended).outcome, 'done');
    assert.deepEqual(scratch.values('SELECT count(*) FROM big'), [1]);
  });

  it('in it: the next run does not guess', async () => {
    script('SAVEPOINT s;', insert, 'RELEASE s;', 'CREATE TABLE after (x);');
    other = new OtherProgram(scratch.database);
    // A reader lets others write, and keeps their COMMIT out.
    await other.sql('BEGIN; SELECT * FROM big');
    await killAt(3);
    await other.close();
    assert.deepEqual(await status().then((found) => found && [found.statement, found.orphaned]), [
      3,
      true,
    ]);
    assertInterrupted(await start().ended, 3);
    assert.deepEqual(scratch.values('SELECT count(*) FROM big'), [0]);
  });

  it('after it: what is there is told, and does not come twice', async () => {
    script('SAVEPOINT s;', insert, 'RELEASE s;', slow);
    await killAt(4);
    assert.deepEqual(scratch.values('SELECT i FROM big'), [-1]);
    assertInterrupted(await start().ended, 4);
    assert.deepEqual(scratch.values('SELECT i FROM big'), [-1]);
  });

  it('while it writes: all or nothing is there, and either is told', async () => {
    for (const afterMs of [0, 5, 15, 30, 60]) {
      scratch.dispose();
      scratch = new Scratch();
      scratch.exec('CREATE TABLE big (i, filler)');
      script(
        'SAVEPOINT s;',
        `INSERT INTO big WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
           WHERE i < 10000) SELECT i, zeroblob(4000) FROM n;`,
        'RELEASE s;',
        slow,
      );
      await killAt(3, afterMs);
      const there = scratch.values('SELECT count(*) FROM big')[0] as number;
      assert.ok(there === 0 || there === 10_000, String(there));
      const found = await status();
      assert.ok(found?.orphaned && [3, 4].includes(found.statement), JSON.stringify(found));
      assertInterrupted(await start().ended, found.statement);
      assert.deepEqual(scratch.values('SELECT count(*) FROM big'), [there]);
      if (found.statement === 4) {
        assert.equal(there, 10_000, 'it was over');
      }
    }
  });
});
