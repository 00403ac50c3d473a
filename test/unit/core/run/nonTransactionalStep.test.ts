import assert from 'node:assert/strict';
import { copyFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../../../../src/core/connection';
import { MemoryMarks } from '../../../../src/core/rehearsal/rehearse';
import type { Mark } from '../../../../src/core/run/runningMark';
import { runMigrations, type RunReport } from '../../../../src/core/run/runMigrations';
import { defaultWaitLimits } from '../../../../src/core/run/runRequest';
import { MigrationReader } from '../../../../src/migrator/thread/migrationReader';
import { NativeConnectionFactory } from '../../../../src/sqlite/native/nativeConnection';
import { nativeSqlite } from '../../../../src/sqlite/native/nativeModule';
import { processIdentity } from '../../../../src/system/process';
import { useScratch } from '../../../support/scratch';

describe('the running mark', () => {
  const scratch = useScratch();

  /** Runs statements as one migration outside a transaction. */
  async function runOutside(
    statements: readonly string[],
    marks: MemoryMarks,
    factory = new NativeConnectionFactory(scratch.database, nativeSqlite()!),
  ): Promise<RunReport> {
    const text = ['-- lockstep: transaction:false', ...statements].join('\n');
    scratch.migrate({ '001_own': text });
    const target = { database: scratch.database, folders: [scratch.migrations] };
    return runMigrations(
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
        factory,
        log: { read: () => new Map(), append: () => undefined },
        marks,
        control: { cancelled: false, sleep: () => undefined, committing: (commit) => commit() },
        checkFileAccess: () => undefined,
        emit: () => undefined,
        otherHolder: () => undefined,
      },
    );
  }

  /** For each statement: how many a crash during it may have left something of. */
  async function persisted(...statements: string[]): Promise<number[]> {
    const seen: number[] = [];
    const marks = new (class extends MemoryMarks {
      public override update(mark: Mark): void {
        seen.push(mark.persisted);
        super.update(mark);
      }
    })();
    const report = await runOutside(statements, marks);
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

  describe('while the file is replaced', () => {
    /** A checkout of the file as it was, at the end of a statement or as soon as a file is opened. */
    class ReplacedFactory extends NativeConnectionFactory {
      private opened = 0;

      constructor(private readonly when: { after?: string; atOpening?: number }) {
        super(scratch.database, nativeSqlite()!);
      }

      public override open(options: { foreignKeys: boolean }): Connection {
        if (++this.opened === this.when.atOpening) {
          this.replace();
        }
        const connection = super.open(options);
        const exec = connection.exec.bind(connection);
        connection.exec = (sql) => {
          exec(sql);
          if (sql === this.when.after) {
            this.replace();
          }
        };
        return connection;
      }

      private replace(): void {
        const before = join(scratch.folder, 'before.db');
        renameSync(before, scratch.database);
      }
    }

    beforeEach(() => {
      scratch.exec('CREATE TABLE t (x)');
      copyFileSync(scratch.database, join(scratch.folder, 'before.db'));
    });

    async function assertNoticed(
      statements: readonly string[],
      when: { after?: string; atOpening?: number },
    ): Promise<Mark | undefined> {
      const marks = new MemoryMarks();
      const { error, applied } = await runOutside(statements, marks, new ReplacedFactory(when));
      assert.equal(error?.code, 'database.replaced', JSON.stringify(error));
      assert.deepEqual(applied, []);
      assert.deepEqual(scratch.values("SELECT name FROM sqlite_schema WHERE type = 'table'"), [
        't',
      ]);
      return marks.read();
    }

    const first = 'CREATE TABLE a (x);';
    const last = 'CREATE TABLE b (x);';

    it('records nothing of a statement that went to the old file, and keeps the mark', async () => {
      const mark = await assertNoticed([first, last], { after: last });
      assert.deepEqual([mark?.statement, mark?.persisted], [2, 2]);
      assert.equal(mark?.failed, 'database.replaced');
    });

    it('runs no further statement on the old file', async () => {
      const mark = await assertNoticed([first, last], { after: first });
      assert.equal(mark?.statement, 1);
    });

    it('leaves no mark where nothing had been committed', async () => {
      const own = ['BEGIN;', first, 'COMMIT;'];
      assert.equal(await assertNoticed(own, { after: first }), undefined);
    });

    it('records nothing in a file that came after the last statement', async () => {
      // Opened for the plan, for the claim, for the step, and to record it.
      const mark = await assertNoticed([first], { atOpening: 4 });
      assert.equal(mark?.persisted, 1);
    });
  });
});
