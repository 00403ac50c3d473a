import assert from 'node:assert/strict';
import { MemoryMarks } from '../../../../src/core/rehearsal/memoryMarks';
import type { Mark } from '../../../../src/core/run/runningMark';
import { runMigrations } from '../../../../src/core/run/runMigrations';
import { defaultWaitLimits } from '../../../../src/core/run/runRequest';
import { MigrationReader } from '../../../../src/migrator/migrationReader';
import { NativeConnectionFactory } from '../../../../src/sqlite/nativeConnectionFactory';
import { nativeSqlite } from '../../../../src/sqlite/nativeSqlite';
import { processIdentity } from '../../../../src/process/processIdentity';
import { Scratch } from '../../../support/scratch';

describe('the running mark', () => {
  let scratch: Scratch;
  beforeEach(() => (scratch = new Scratch()));
  afterEach(() => scratch.dispose());

  /** For each statement: how many a crash during it may have left something of. */
  async function persisted(...statements: string[]): Promise<number[]> {
    const text = ['-- lockstep: transaction:false', ...statements].join('\n');
    scratch.migrate({ '001_own': text });
    const target = { database: scratch.database, folders: [scratch.migrations] };
    const seen: number[] = [];
    const marks = new (class extends MemoryMarks {
      public override update(mark: Mark): void {
        seen.push(mark.persisted);
        super.update(mark);
      }
    })();
    const report = await runMigrations(
      {
        id: 'test',
        direction: 'up',
        goal: { kind: 'all' },
        wait: defaultWaitLimits,
        waitedMs: 0,
        transaction: 'each',
        owner: { kind: 'terminal', version: '0', ...processIdentity() },
      },
      {
        ...new MigrationReader().read(target),
        factory: new NativeConnectionFactory(scratch.database, nativeSqlite()!),
        log: { read: () => new Map(), append: () => undefined },
        marks,
        control: { cancelled: false, sleep: () => undefined, committing: (commit) => commit() },
        mayReach: () => undefined,
        emit: () => undefined,
        otherHolder: () => undefined,
      },
    );
    assert.equal(report.outcome, 'done', JSON.stringify(report.error));
    return seen;
  }

  it('counts a statement outside any transaction as soon as it begins', async () => {
    assert.deepEqual(await persisted('CREATE TABLE t (x);', 'INSERT INTO t VALUES (1);'), [1, 2]);
  });

  it('counts nothing of a transaction before its COMMIT begins', async () => {
    const own = ['BEGIN;', 'CREATE TABLE t (x);', 'COMMIT;', 'VACUUM;', 'CREATE TABLE u (x);'];
    assert.deepEqual(await persisted(...own), [0, 0, 3, 3, 5]);
  });

  it('takes a savepoint that nothing came before for a BEGIN, and its RELEASE for a COMMIT', async () => {
    const own = ['SAVEPOINT a;', 'CREATE TABLE t (x);', 'SAVEPOINT b;', 'RELEASE b;', 'RELEASE a;'];
    // RELEASE b commits nothing; that it may be thought to costs a question, not data.
    assert.deepEqual(await persisted(...own), [0, 0, 0, 4, 5]);
  });
});
