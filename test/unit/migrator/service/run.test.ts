import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { RunEvent } from '../../../../src/core/run/runEvents';
import type { RunRequest } from '../../../../src/core/run/runRequest';
import { FileSentinelLock } from '../../../../src/lock/fileSentinelLock';
import { each } from '../../../support/each';
import { useScratch } from '../../../support/scratch';
import { slowStatement } from '../../../support/slowStep';
import { useService } from '../../../support/service';

describe('a run', () => {
  const scratch = useScratch();
  const service = useService();
  let events: RunEvent[];
  beforeEach(() => (events = []));

  const run = (change: Partial<RunRequest> = {}, signal?: AbortSignal) =>
    service.run(scratch.request(change), { onEvents: (batch) => events.push(...batch), signal });
  const started = () =>
    events.flatMap((event) => (event.type === 'stepStarted' ? [event.migration.id] : []));

  it('applies what is pending and records it', async () => {
    scratch.migrate({
      '001_initial': 'CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT);',
      '002_seed': "INSERT INTO notes (body) VALUES ('a'), ('b')",
      '003_empty': '',
    });
    const result = await run();
    assert.equal(result.outcome, 'done', JSON.stringify(result));
    assert.deepEqual(
      result.applied.map(({ migration, rows }) => [migration.id, rows]),
      [
        ['001_initial', 0],
        ['002_seed', 2],
        ['003_empty', 0],
      ],
    );
    assert.deepEqual(scratch.versions(), ['001', '002', '003']);
    assert.deepEqual(scratch.values('SELECT body FROM notes'), ['a', 'b']);
    assert.ok(!existsSync(`${scratch.database}.lock`));
    assert.deepEqual(scratch.names(), ['.lockstep', 'app.db', 'migrations']);
  });

  it('says that nothing is to be done, and touches nothing', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    await run();
    const before = readFileSync(scratch.database);
    events = [];
    const result = await run();
    assert.equal(result.outcome, 'done');
    assert.deepEqual([result.applied, result.alreadyApplied], [[], []]);
    assert.deepEqual(readFileSync(scratch.database), before);
  });

  for (const transaction of ['each', 'grouped'] as const) {
    it(`keeps what came before a failing statement and nothing of its migration (${transaction})`, async () => {
      scratch.migrate({
        '001_a': 'CREATE TABLE a (x);',
        '002_b':
          "CREATE TABLE b (x);\r\n\r\n-- é\r\nINSERT INTO b VALUES (1);\r\n  INSERT INTO nowhere VALUES ('x');\r\n",
        '003_c': 'CREATE TABLE c (x);',
      });
      const result = await run({ transaction });
      assert.equal(result.outcome, 'failed');
      assert.deepEqual(scratch.versions(), ['001']);
      assert.deepEqual(
        scratch.values("SELECT name FROM sqlite_schema WHERE type='table' ORDER BY name"),
        ['a', 'schema_migrations'],
      );
      const { code, place, params } = result.error!;
      assert.deepEqual(
        [code, place?.line, place?.column, params.statement],
        ['sql.failed', 5, 3, "INSERT INTO nowhere VALUES ('x');"],
      );
      assert.deepEqual(
        result.applied.map(({ migration }) => migration.id),
        ['001_a'],
      );
      assert.deepEqual(
        result.remaining.map(({ id }) => id),
        ['002_b', '003_c'],
      );
    });
  }

  it('undoes the whole run when asked for all or nothing', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);', '002_b': 'CREATE TABLE a (x);' });
    const result = await run({ transaction: 'all' });
    assert.equal(result.outcome, 'failed');
    assert.deepEqual(result.applied, []);
    assert.deepEqual(scratch.values('SELECT name FROM sqlite_schema'), []);
  });

  for (const [what, first, second] of [
    ['a temporary table', 'CREATE TEMP TABLE t (x);', 'INSERT INTO t VALUES (2);'],
    ['a PRAGMA', 'PRAGMA ignore_check_constraints = ON;', 'INSERT INTO t VALUES (-1);'],
    ['ATTACH', "ATTACH ':memory:' AS other;", 'CREATE TABLE other.t (x);'],
  ] as const) {
    it(`refuses all or nothing where a migration would work on in the next: ${what}`, async () => {
      scratch.exec('CREATE TABLE t (x CHECK (x > 0))');
      scratch.migrate({ '001_a': first });
      assert.equal((await run({ transaction: 'all' })).outcome, 'done', 'no next one');
      scratch.migrate({ '002_a': first, '003_b': second });
      const result = await run({ transaction: 'all' });
      assert.deepEqual(
        [result.outcome, result.error?.code, result.error?.params.migration],
        ['refused', 'run.notAtomic', '002_a'],
      );
      assert.deepEqual(scratch.versions(), ['001']);
    });
  }

  it('blames the migration that takes the history away', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);', '002_b': 'DROP TABLE schema_migrations;' });
    const result = await run();
    assert.deepEqual([result.outcome, result.error?.code], ['failed', 'sql.failed']);
    assert.equal(result.error?.params.migration, '002_b');
    assert.equal(result.error?.place?.file, join(scratch.migrations, '002_b.sql'));
    assert.deepEqual(scratch.versions(), ['001']);
  });

  it('replays a group in which full-text tables and ON CONFLICT ROLLBACK break savepoints', async () => {
    scratch.migrate({
      '001_a': 'CREATE TABLE a (x UNIQUE ON CONFLICT ROLLBACK);',
      '002_b': "CREATE VIRTUAL TABLE f USING fts5(t); INSERT INTO f VALUES ('x');",
      '003_c': 'INSERT INTO a VALUES (1);',
      '004_d': 'CREATE TABLE d (x); INSERT INTO a VALUES (2); INSERT INTO a VALUES (1);',
      '005_e': 'CREATE TABLE e (x);',
    });
    const result = await run();
    assert.equal(result.outcome, 'failed');
    const said = events.flatMap((event) =>
      (event.type === 'stepStarted' || event.type === 'replaying') && event.migration.id === '004_d'
        ? event.type
        : [],
    );
    // Alone at once only where those before it took long.
    assert.deepEqual(said, ['stepStarted', 'replaying', 'stepStarted'].slice(3 - said.length));
    assert.equal(result.error?.place?.column, 47);
    assert.deepEqual(scratch.versions(), ['001', '002', '003']);
    assert.deepEqual(scratch.values('SELECT x FROM a'), [1]);
  });

  it('runs a script that wraps itself in BEGIN and COMMIT as one with its history row', async () => {
    scratch.migrate({ '001_a': 'BEGIN;\nCREATE TABLE a (x);\nCREATE TABLE a (x);\nCOMMIT;\n' });
    assert.equal((await run()).outcome, 'failed');
    assert.deepEqual(scratch.values('SELECT name FROM sqlite_schema'), []);
    scratch.migrate({ '001_a': 'BEGIN;\nCREATE TABLE a (x);\nCOMMIT;\n' });
    assert.equal((await run()).outcome, 'done');
    assert.deepEqual(scratch.versions(), ['001']);
  });

  it('runs what cannot be in a transaction', async () => {
    scratch.migrate({
      '001_a': 'CREATE TABLE a (x);',
      '002_wal': 'PRAGMA journal_mode = WAL;',
      '003_vacuum': 'VACUUM;',
      '004_mixed':
        'BEGIN; INSERT INTO a VALUES (1); COMMIT; BEGIN; INSERT INTO a VALUES (2); COMMIT;',
      '005_b': 'CREATE TABLE b (x);',
    });
    const result = await run();
    assert.equal(result.outcome, 'done', JSON.stringify(result.error));
    assert.deepEqual(scratch.values('PRAGMA journal_mode'), ['wal']);
    assert.deepEqual(scratch.values('SELECT x FROM a'), [1, 2]);
    assert.deepEqual(scratch.versions(), ['001', '002', '003', '004', '005']);
    assert.ok(!existsSync(join(scratch.folder, '.lockstep', 'app.db.running.json')));
  });

  it('never half-records a script with its own COMMIT that fails: it asks a person', async () => {
    scratch.migrate({
      '001_a': 'CREATE TABLE a (x);',
      '002_b': 'BEGIN; INSERT INTO a VALUES (1); COMMIT; INSERT INTO nowhere VALUES (1); SELECT 1;',
    });
    const failed = await run();
    assert.equal(failed.outcome, 'failed');
    assert.deepEqual(scratch.versions(), ['001']);
    const status = await service.status(scratch.request().target);
    assert.deepEqual(
      [status.mark?.statement, status.mark?.statements, status.mark?.orphaned],
      [4, 5, true],
    );
    const refused = await run();
    assert.deepEqual([refused.outcome, refused.error?.code], ['refused', 'run.interrupted']);
    assert.deepEqual(scratch.values('SELECT x FROM a'), [1]);

    await service.resolveInterrupted({ target: scratch.request().target, decision: 'markApplied' });
    assert.deepEqual(scratch.versions(), ['001', '002']);
    assert.equal((await run()).outcome, 'done');
  });

  it('needs no decision where nothing of the failed script stayed', async () => {
    scratch.migrate({ '001_a': 'VACUUM; PRAGMA journal_mode=wal; CREATE TABLE a (x, x);' });
    assert.equal((await run()).outcome, 'failed');
    scratch.migrate({ '001_a': 'VACUUM; PRAGMA journal_mode=wal; CREATE TABLE a (x);' });
    assert.equal((await run()).outcome, 'done');
  });

  it('says what stayed of a step outside a transaction, also what OR FAIL keeps of a statement', async () => {
    scratch.migrate({
      '001_a': 'CREATE TABLE a (x UNIQUE);',
      '002_b': '-- lockstep: transaction:false\nINSERT OR FAIL INTO a VALUES (1), (2), (1);',
    });
    const failed = await run();
    assert.deepEqual([failed.outcome, failed.interrupted?.id], ['failed', '002_b']);
    assert.equal((await service.status(scratch.request().target)).mark?.statement, 1);
    assert.equal((await run()).error?.code, 'run.interrupted');
    assert.deepEqual(scratch.values('SELECT x FROM a'), [1, 2]);
  });

  for (const [what, sql, message] of [
    ['a file that is no database', "ATTACH 'other' AS o;\nCREATE TABLE o.t (x);", /not a database/],
    ['a file in a folder that is not there', "ATTACH 'no/other' AS o;", /unable to open/],
    [
      'the check of a virtual table',
      "INSERT INTO f (f, rank) VALUES ('integrity-check', 1);",
      /malformed/,
    ],
  ] as const) {
    it(`blames the statement, not the database, for ${what}`, async () => {
      scratch.write({ other: 'text, and enough of it not to be taken for a header\n'.repeat(99) });
      scratch.exec(`CREATE VIRTUAL TABLE f USING fts5(body, content='t'); CREATE TABLE t (body);
        INSERT INTO f (rowid, body) VALUES (1, 'not in t');`);
      const text = sql.replace(/(?<=ATTACH ')/, `${scratch.folder}/`);
      scratch.migrate({ '001_a': `CREATE TABLE a (x);\n${text}` });
      const { outcome, error } = await run({ fileAccess: 'anywhere' });
      assert.deepEqual([outcome, error?.code], ['failed', 'sql.failed'], JSON.stringify(error));
      assert.deepEqual([error?.place?.line, error?.place?.column], [2, 1]);
      assert.match(String(error?.params.message), message);
    });
  }

  it('takes a RELEASE that ends a transaction for what it is', async () => {
    scratch.migrate({
      '001_a': 'CREATE TABLE a (x);',
      '002_b':
        '-- lockstep: transaction:false\nSAVEPOINT s; INSERT INTO a VALUES (1); RELEASE s;\nINSERT INTO nowhere VALUES (1);',
    });
    await run();
    const { mark } = await service.status(scratch.request().target);
    assert.deepEqual([mark?.statement, mark?.statements], [4, 4]);
  });

  it('waits for the lock before it records what a person decided', async () => {
    scratch.migrate({
      '001_a': 'CREATE TABLE a (x);',
      '002_b':
        '-- lockstep: transaction:false\nINSERT INTO a VALUES (1); INSERT INTO nowhere VALUES (1);',
    });
    await run();
    const foreign = new DatabaseSync(scratch.database);
    foreign.exec('BEGIN EXCLUSIVE');
    const resolved = service.resolveInterrupted({
      target: scratch.request().target,
      decision: 'markApplied',
    });
    await new Promise((over) => setTimeout(over, 50));
    foreign.exec('COMMIT');
    foreign.close();
    await resolved;
    assert.deepEqual(scratch.versions(), ['001', '002']);
    assert.equal((await service.status(scratch.request().target)).mark, undefined);
  });

  describe('goals', () => {
    beforeEach(() => {
      scratch.migrate(
        Object.fromEntries(
          ['1', '2', '3', '4'].flatMap((n) => [
            [`00${n}_t${n}`, `CREATE TABLE t${n} (x);`],
            [`00${n}_t${n}.down`, `DROP TABLE t${n};`],
          ]),
        ),
      );
    });

    it('goes up to a migration, and some steps', async () => {
      await run({ goal: { kind: 'to', id: '002_t2' } });
      assert.deepEqual(scratch.versions(), ['001', '002']);
      await run({ goal: { kind: 'steps', steps: 1 } });
      assert.deepEqual(scratch.versions(), ['001', '002', '003']);
    });

    it('rolls back the last, back to one, and everything', async () => {
      await run();
      await run({ direction: 'down', goal: { kind: 'steps', steps: 1 } });
      assert.deepEqual(scratch.versions(), ['001', '002', '003']);
      await run({ direction: 'down', goal: { kind: 'to', id: '001_t1' } });
      assert.deepEqual(scratch.versions(), ['001']);
      const all = await run({ direction: 'down', goal: { kind: 'all' } });
      assert.equal(all.outcome, 'done');
      assert.deepEqual(scratch.values('SELECT name FROM sqlite_schema'), [
        'schema_migrations',
        'sqlite_autoindex_schema_migrations_1',
      ]);
    });

    it('rolls back from the log what has no file here', async () => {
      await run();
      rmSync(join(scratch.migrations, '004_t4.sql'));
      rmSync(join(scratch.migrations, '004_t4.down.sql'));
      const status = await service.status(scratch.request().target);
      assert.deepEqual(
        [status.history[0].migration.id, status.history[0].file, status.history[0].reversible],
        ['004_t4', 'missing', true],
      );
      const result = await run({ direction: 'down', goal: { kind: 'steps', steps: 1 } });
      assert.equal(result.outcome, 'done', JSON.stringify(result.error));
      assert.deepEqual(scratch.values("SELECT name FROM sqlite_schema WHERE name = 't4'"), []);
    });

    it('names no line of a file for a down migration that is in the log', async () => {
      const names = ['005_x', '005_x.down'];
      scratch.migrate({ '005_x': 'CREATE TABLE x (a);', '005_x.down': '\n\nDROP TABLE nowhere;' });
      await run();
      const down = (): ReturnType<typeof run> =>
        run({ direction: 'down', goal: { kind: 'steps', steps: 1 } });
      assert.equal((await down()).error?.place?.line, 3);
      scratch.migrate({ '005_x': '-- another\nCREATE TABLE y (a);', '005_x.down': 'SELECT 1;' });
      const edited = (await down()).error;
      assert.deepEqual([edited?.code, edited?.place], ['sql.failed', undefined]);
      assert.equal(edited?.params.from, 'log');
      names.forEach((name) => rmSync(join(scratch.migrations, `${name}.sql`)));
      const missing = (await down()).error;
      assert.deepEqual([missing?.code, missing?.place], ['sql.failed', undefined]);
    });

    it('stops before anything when a step has no down migration', async () => {
      await run();
      rmSync(join(scratch.folder, '.lockstep'), { recursive: true });
      rmSync(join(scratch.migrations, '003_t3.down.sql'));
      const result = await run({ direction: 'down', goal: { kind: 'to', id: '001_t1' } });
      assert.deepEqual([result.outcome, result.error?.code], ['refused', 'rollback.noWayBack']);
      assert.deepEqual(scratch.versions(), ['001', '002', '003', '004']);
    });
  });

  it('cancels between statements and in a statement, within a second, and leaves nothing of it', async () => {
    scratch.migrate({
      '001_a': 'CREATE TABLE a (x);',
      '002_slow':
        `INSERT INTO a WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
        SELECT i FROM n; `.repeat(2000),
      '003_b': 'CREATE TABLE b (x);',
    });
    const controller = new AbortController();
    const cancelled = service.run(scratch.request(), {
      onEvents: each((event) => {
        events.push(event);
        if (event.type === 'stepStarted' && event.migration.id === '002_slow') {
          controller.abort();
        }
      }),
      signal: controller.signal,
    });
    const result = await cancelled;
    assert.equal(result.outcome, 'cancelled', JSON.stringify(result));
    assert.equal(result.interrupted?.id, '002_slow');
    assert.deepEqual(scratch.rows("SELECT 1 FROM sqlite_schema WHERE name = 'b'"), []);
    assert.ok(!existsSync(`${scratch.database}.lock`));
    assert.equal((await run()).outcome, 'done');
  });

  it('waits for a program that knows nothing of it, says so, and goes on', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    const foreign = new DatabaseSync(scratch.database);
    foreign.exec('CREATE TABLE f (x); BEGIN IMMEDIATE; INSERT INTO f VALUES (1)');
    const running = service.run(scratch.request(), {
      onEvents: each((event) => {
        events.push(event);
        if (event.type === 'waiting') {
          foreign.exec('COMMIT');
        }
      }),
    });
    const result = await running;
    foreign.close();
    assert.equal(result.outcome, 'done');
    const waiting = events.find((event) => event.type === 'waiting');
    assert.deepEqual([waiting?.on, waiting?.holder], ['database', undefined]);
  });

  it('waits for nobody when the work was done past the holder of the sentinel', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    const sentinel = new FileSentinelLock();
    const owner = { kind: 'task', version: '0' } as const;
    const { held } = await sentinel.tryAcquire(scratch.database, owner);
    const result = await service.run(scratch.request(), {
      onEvents: each((event) => {
        if (event.type === 'waiting' && event.waitedMs < 100) {
          scratch.exec(`CREATE TABLE a (x); CREATE TABLE schema_migrations (version varchar(128)
          primary key); INSERT INTO schema_migrations VALUES ('001')`);
        }
      }),
    });
    await held?.release();
    assert.equal(result.outcome, 'done', JSON.stringify(result));
    assert.deepEqual([result.applied.length, result.alreadyApplied.length], [0, 1]);
  });

  it('gives up after the limit and names nobody when it is not Lockstep', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    const foreign = new DatabaseSync(scratch.database);
    foreign.exec('BEGIN IMMEDIATE');
    const result = await run({ wait: { attemptMs: 50, totalMs: 300, staleMs: 60_000 } });
    foreign.close();
    assert.deepEqual([result.outcome, result.error?.code], ['timeout', 'lock.timeout']);
    assert.equal(result.holder, undefined);
    assert.deepEqual(started(), []);
  });

  it('refuses a history table that is not ours', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    scratch.exec('CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, dirty BOOLEAN)');
    const result = await run();
    assert.deepEqual([result.outcome, result.error?.code], ['refused', 'history.foreign']);
  });

  it('refuses a database that another tool has migrated', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    scratch.exec('CREATE TABLE goose_db_version (id, version_id, is_applied, tstamp)');
    const result = await run();
    assert.deepEqual([result.outcome, result.error?.code], ['refused', 'history.otherTool']);
    const status = await service.status(scratch.request().target);
    assert.equal(status.error?.code, 'history.otherTool');
    assert.deepEqual(scratch.rows("SELECT 1 FROM sqlite_schema WHERE name = 'a'"), []);
  });

  it('says, where it did something, that dbmate’s schema.sql is left as it is', async () => {
    scratch.write({
      'schema.sql': '-- old',
      'migrations/1_a.sql': '-- migrate:up\nCREATE TABLE a (x);\n-- migrate:down\n',
    });
    const first = await run();
    assert.deepEqual(
      first.findings.map(({ code }) => code),
      ['schemaFile'],
    );
    assert.deepEqual((await run()).findings, []);
    assert.equal(readFileSync(join(scratch.folder, 'schema.sql'), 'utf8'), '-- old');
  });

  it('notices that the file was replaced before it commits to one nobody can reach', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    await run();
    scratch.migrate({
      '002_slow': slowStatement(1_000_000).replaceAll('big', 'a'),
      '003_b': 'SELECT 1;',
    });
    const result = await service.run(scratch.request(), {
      onEvents: each((event) => {
        if (event.type === 'stepStarted') {
          writeFileSync(`${scratch.database}.new`, readFileSync(scratch.database));
          renameSync(`${scratch.database}.new`, scratch.database);
        }
      }),
    });
    assert.equal(result.error?.code, 'database.replaced', JSON.stringify(result));
    assert.deepEqual(scratch.versions(), ['001']);
  });

  it('does without its log: torn, of another version, gone', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    await run();
    const log = join(scratch.folder, '.lockstep', 'app.db.log.jsonl');
    appendFileSync(log, '{"v":1,"run":"torn');
    scratch.migrate({ '002_b': 'CREATE TABLE b (x);' });
    await run();
    const { history } = await service.status(scratch.request().target);
    assert.deepEqual(
      history.map(({ file }) => file),
      ['unchanged', 'unchanged'],
    );
    rmSync(log);
    const without = await service.status(scratch.request().target);
    assert.deepEqual(
      without.history.map(({ file }) => file),
      ['unknown', 'unknown'],
    );
  });
});
