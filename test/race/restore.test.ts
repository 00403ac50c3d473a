import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Backup } from '../../src/core/model';
import type { RestoreRequest, RestoreResult } from '../../src/core/run/runRequest';
import type { RunEvent } from '../../src/core/run/runEvents';
import { each } from '../support/each';
import { OtherProgram } from '../support/otherProgram';
import { Scratch } from '../support/scratch';
import { useService } from '../support/service';

describe('restoring a backup', () => {
  let scratch: Scratch;
  const service = useService();
  let events: RunEvent[];
  let programs: OtherProgram[];
  beforeEach(() => {
    scratch = new Scratch();
    scratch.migrate({ '001_a': 'CREATE TABLE a (x); INSERT INTO t VALUES (99);' });
    events = [];
    programs = [];
  });
  afterEach(() => {
    programs.forEach((program) => program.end());
    scratch.dispose();
  });

  const open = (): OtherProgram => {
    const program = new OtherProgram(scratch.database);
    programs.push(program);
    return program;
  };

  /** A migrated database with the backup from before. */
  const migrated = async (setUp = ''): Promise<Backup> => {
    scratch.exec(`${setUp} CREATE TABLE IF NOT EXISTS t (v); INSERT INTO t VALUES (1), (2);`);
    const { outcome, error } = await service.run(scratch.request());
    assert.equal(outcome, 'done', JSON.stringify(error));
    const [backup] = await service.backups(scratch.request().target);
    return backup;
  };

  const request = (name: string, change: Partial<RestoreRequest> = {}): RestoreRequest => {
    const { owner, engine, wait } = scratch.request();
    return { database: scratch.database, name, owner, engine, wait, keep: 5, ...change };
  };

  const restore = (
    { name }: Pick<Backup, 'name'>,
    change: Partial<RestoreRequest> = {},
    signal?: AbortSignal,
  ): Promise<RestoreResult> =>
    service.restore(request(name, change), { onEvents: (batch) => events.push(...batch), signal });

  const inspect = () => {
    const { ino, mode, nlink } = statSync(scratch.database);
    return { ino, mode, nlink };
  };

  for (const mode of ['delete', 'truncate', 'persist', 'wal']) {
    it(`goes into the file that is there, under the connections that are open (${mode})`, async () => {
      const backup = await migrated(`PRAGMA journal_mode=${mode};`);
      chmodSync(scratch.database, 0o640);
      const before = inspect();
      const program = open();
      // The connection's own where it is not the file's: TRUNCATE and PERSIST.
      assert.deepEqual(await program.values(`PRAGMA journal_mode=${mode}`), [mode]);
      assert.deepEqual(await program.values('SELECT v FROM t'), [1, 2, 99]);
      await program.sql('INSERT INTO t VALUES (3)');

      const result = await restore(backup);
      assert.equal(result.outcome, 'done', JSON.stringify(result));
      assert.equal(result.restored?.name, backup.name);
      assert.deepEqual(inspect(), before);
      assert.deepEqual(await program.values('SELECT v FROM t'), [1, 2]);
      assert.deepEqual(await program.values("SELECT name FROM sqlite_schema WHERE name = 'a'"), []);
      await program.sql('INSERT INTO t VALUES (4)');
      assert.deepEqual(await program.values('PRAGMA journal_mode'), [mode]);
      assert.deepEqual(await program.values('PRAGMA integrity_check'), ['ok']);
      assert.deepEqual(scratch.values('SELECT v FROM t'), [1, 2, 4]);
      assert.ok(!existsSync(`${scratch.database}.lock`));

      // What was replaced is a backup itself, and can be gone back to.
      const [kept] = await service.backups(scratch.request().target);
      assert.deepEqual([kept.file, kept.reason], [result.backup, { kind: 'restore' }]);
      assert.equal((await restore(kept)).outcome, 'done');
      assert.deepEqual(await program.values('SELECT v FROM t'), [1, 2, 99, 3]);
      assert.deepEqual(scratch.versions(), ['001']);
    });
  }

  it('gives back exactly what was there: every page but the counters', async () => {
    const setUp = `PRAGMA page_size=1024; PRAGMA auto_vacuum=1; PRAGMA user_version=7;
      CREATE TABLE t (v); CREATE TABLE gone (x); CREATE VIRTUAL TABLE f USING fts5(body);
      INSERT INTO f VALUES ('words'); INSERT INTO t(rowid, v) VALUES (5, x'00ff'), (9, NULL);
      DROP TABLE gone;`;
    const backup = await migrated(setUp);
    const was = readFileSync(backup.file);
    assert.equal((await restore(backup)).outcome, 'done');
    const is = readFileSync(scratch.database);
    for (const bytes of [was, is]) {
      bytes.fill(0, 24, 28).fill(0, 40, 44).fill(0, 92, 100);
    }
    assert.deepEqual(is, was);
  });

  it('follows a link and changes another page size where that can be done', async () => {
    const backup = await migrated('PRAGMA page_size=512;');
    const link = join(scratch.folder, 'link.db');
    symlinkSync(scratch.database, link);
    scratch.exec('PRAGMA page_size=4096; VACUUM');
    const program = open();
    await program.sql('SELECT count(*) FROM t');
    const result = await restore(backup, { database: link });
    assert.equal(result.outcome, 'done', JSON.stringify(result));
    assert.ok(existsSync(link));
    assert.deepEqual(await program.values('SELECT v FROM t'), [1, 2]);
    assert.deepEqual(await program.values('PRAGMA page_size'), [512]);
    await program.sql('INSERT INTO t VALUES (5)');
    assert.deepEqual(await program.values('PRAGMA integrity_check'), ['ok']);
  });

  it('refuses another page size in WAL mode, in words, and changes nothing', async () => {
    const backup = await migrated('PRAGMA page_size=512;');
    scratch.exec('PRAGMA page_size=4096; VACUUM; PRAGMA journal_mode=wal');
    const result = await restore(backup);
    assert.deepEqual(
      [result.outcome, result.error?.code, result.error?.params.reason],
      ['refused', 'restore.refused', 'pageSize'],
    );
    assert.deepEqual([result.error?.params.is, result.error?.params.was], [4096, 512]);
    assert.deepEqual(scratch.values('SELECT v FROM t'), [1, 2, 99]);
  });

  it('brings back the journal mode only where the file stays in that mode', async () => {
    const backup = await migrated();
    scratch.exec('PRAGMA journal_mode=wal');
    assert.equal((await restore(backup)).outcome, 'done');
    assert.deepEqual(scratch.values('PRAGMA journal_mode'), ['wal']);
    const [, wal] = await service.backups(scratch.request().target);
    assert.ok(wal);
    assert.deepEqual(scratch.values('PRAGMA journal_mode=delete'), ['delete']);
    const [fromWal] = await service.backups(scratch.request().target);
    const program = open();
    assert.deepEqual(await program.values('SELECT count(*) FROM t'), [2]);
    assert.equal((await restore(fromWal)).outcome, 'done');
    assert.deepEqual(await program.values('SELECT v FROM t'), [1, 2, 99]);
    await program.sql('INSERT INTO t VALUES (6)');
    assert.deepEqual(scratch.values('PRAGMA integrity_check'), ['ok']);
  });

  for (const [mode, busy] of [
    ['delete', 'BEGIN IMMEDIATE; SELECT 1'],
    ['delete', 'BEGIN; SELECT * FROM t'],
    ['wal', 'BEGIN IMMEDIATE; INSERT INTO t VALUES (50); SELECT 1'],
  ] as const) {
    it(`waits for whoever is in the way, says so, and goes on (${mode}: ${busy})`, async () => {
      const backup = await migrated(`PRAGMA journal_mode=${mode};`);
      const program = open();
      await program.sql(busy);
      let committed: Promise<unknown> | undefined;
      const result = await service.restore(request(backup.name), {
        onEvents: each((event) => {
          events.push(event);
          if (event.type === 'waiting') {
            committed ??= program.sql('COMMIT; SELECT 1');
          }
        }),
      });
      await committed;
      assert.equal(result.outcome, 'done', JSON.stringify(result));
      assert.equal(events.find(({ type }) => type === 'waiting')?.type, 'waiting');
      assert.deepEqual(await program.values('SELECT v FROM t'), [1, 2]);
      const copies = await service.backups(scratch.request().target);
      assert.equal(copies.length, 2, 'one copy, however often it was tried');
      const kept = new DatabaseSync(`file:${result.backup}?immutable=1`, { readOnly: true });
      const rows = kept
        .prepare('SELECT v FROM t')
        .all()
        .map((row) => row.v);
      kept.close();
      assert.deepEqual(rows, busy.includes('50') ? [1, 2, 99, 50] : [1, 2, 99]);
    });
  }

  it('gives up after the limit, and when it is cancelled, with nothing restored', async () => {
    const backup = await migrated();
    const program = open();
    await program.sql('BEGIN IMMEDIATE; SELECT 1');
    const wait = { attemptMs: 50, totalMs: 300, staleMs: 60_000 };
    const late = await restore(backup, { wait });
    assert.deepEqual([late.outcome, late.error?.code], ['timeout', 'lock.timeout']);
    const controller = new AbortController();
    const cancelled = await service.restore(request(backup.name), {
      onEvents: each(({ type }) => type === 'waiting' && controller.abort()),
      signal: controller.signal,
    });
    assert.deepEqual([cancelled.outcome, cancelled.error?.code], ['cancelled', 'run.cancelled']);
    await program.sql('COMMIT; SELECT 1');
    assert.deepEqual(scratch.values('SELECT v FROM t'), [1, 2, 99]);
    assert.ok(!existsSync(`${scratch.database}.lock`));
  });

  it('takes a name from the list and nothing else', async () => {
    const backup = await migrated();
    writeFileSync(join(scratch.folder, backup.name), readFileSync(backup.file));
    for (const name of [`../${backup.name}`, backup.file, 'app.db', '', 'nothing.backup']) {
      const result = await restore({ name });
      assert.deepEqual([result.outcome, result.error?.code], ['invalid', 'backup.unknown'], name);
    }
    assert.deepEqual(scratch.values('SELECT v FROM t'), [1, 2, 99]);
  });

  it('refuses a backup that is damaged and a database that is none', async () => {
    const backup = await migrated();
    const whole = readFileSync(backup.file);
    for (const bytes of [whole.subarray(0, 4096), Buffer.alloc(whole.length, 1)]) {
      writeFileSync(backup.file, bytes);
      const result = await restore(backup);
      assert.deepEqual(
        [result.outcome, result.error?.params.reason],
        ['refused', 'damaged'],
        JSON.stringify(result),
      );
    }
    writeFileSync(backup.file, whole);
    writeFileSync(scratch.database, 'something else that is no database'.repeat(300));
    const result = await restore(backup);
    assert.deepEqual([result.outcome, result.error?.params.reason], ['refused', 'notADatabase']);
    assert.match(readFileSync(scratch.database, 'utf8'), /^something else/);
  });

  it('makes a database that is gone, or empty, anew, with its mode', async () => {
    const backup = await migrated();
    chmodSync(backup.file, 0o600);
    for (const clear of [
      () => rmSync(scratch.database),
      () => writeFileSync(scratch.database, ''),
    ]) {
      clear();
      const result = await restore(backup);
      assert.deepEqual([result.outcome, result.backup], ['done', undefined]);
      assert.deepEqual(scratch.values('SELECT v FROM t'), [1, 2]);
      assert.equal(statSync(scratch.database).mode & 0o777, 0o600);
    }
  });

  it('restores over a damaged database, of which it keeps a copy', async () => {
    const backup = await migrated();
    const bytes = readFileSync(scratch.database);
    bytes.fill(0xff, 4096, 8192);
    writeFileSync(scratch.database, bytes);
    const result = await restore(backup);
    assert.equal(result.outcome, 'done', JSON.stringify(result));
    assert.deepEqual(scratch.values('SELECT v FROM t'), [1, 2]);
    assert.deepEqual(readFileSync(result.backup!), bytes);
  });

  it('lets nothing be pushed out that it needs, and keeps to the number otherwise', async () => {
    const backup = await migrated();
    for (let i = 0; i < 3; i++) {
      scratch.exec(`INSERT INTO t VALUES (${i + 10})`);
      const result = await restore(backup, { keep: 2 });
      assert.equal(result.outcome, 'done');
      const names = (await service.backups(scratch.request().target)).map(({ file }) => file);
      assert.deepEqual(names.sort(), [backup.file, result.backup].sort());
    }
  });

  it('counts a backup once that is restored over the very state it holds', async () => {
    const backup = await migrated();
    await restore(backup);
    await restore(backup);
    const [newest, ...older] = await service.backups(scratch.request().target);
    assert.equal(older.length, 2);
    const result = await restore(newest, { keep: 3 });
    assert.deepEqual([result.outcome, result.backup], ['done', newest.file]);
    assert.equal((await service.backups(scratch.request().target)).length, 3);
  });

  it('forgets what was interrupted after the backup, and only that', async () => {
    scratch.migrate({
      '002_b': 'BEGIN; INSERT INTO t VALUES (5); COMMIT; INSERT INTO nowhere VALUES (1); SELECT 1;',
    });
    scratch.exec('CREATE TABLE t (v)');
    const failed = await service.run(scratch.request());
    assert.equal(failed.outcome, 'failed');
    const refused = await service.run(scratch.request());
    assert.equal(refused.error?.code, 'run.interrupted');
    const [backup] = await service.backups(scratch.request().target);
    const result = await restore(backup);
    assert.deepEqual([result.outcome, result.undone?.id], ['done', '002_b']);
    assert.deepEqual(scratch.values('SELECT v FROM t'), []);
    scratch.migrate({ '002_b': 'INSERT INTO t VALUES (5);' });
    assert.equal((await service.run(scratch.request())).outcome, 'done');

    // A state that was saved after the interruption still has it.
    mkdirSync(join(scratch.folder, '.lockstep'), { recursive: true });
    const [latest] = await service.backups(scratch.request().target);
    const mark = {
      migration: { version: '003', id: '003_c', name: 'c' },
      direction: 'up',
      statement: 2,
      statements: 3,
      persisted: 1,
      since: new Date(Date.parse(latest.at) - 1000).toISOString(),
      failed: 'boom',
      owner: { pid: 1, host: 'h', machine: 'm' },
    };
    const path = join(scratch.folder, '.lockstep', 'app.db.running.json');
    writeFileSync(path, JSON.stringify(mark));
    assert.equal((await restore(latest)).undone, undefined);
    assert.ok(existsSync(path));
  });

  const halfDone = {
    '002_b': 'BEGIN; INSERT INTO t VALUES (5); COMMIT; INSERT INTO nowhere VALUES (1); SELECT 1;',
  };
  const code = async () => (await service.run(scratch.request())).error?.code;
  const marksBeside = () =>
    readdirSync(join(scratch.folder, '.lockstep'))
      .filter((name) => /backup\.running\.json$/.test(name))
      .sort();

  for (const engine of ['native', 'sqljs'] as const) {
    it(`undone, says again what was interrupted (${engine})`, async () => {
      scratch.migrate(halfDone);
      scratch.exec('CREATE TABLE t (v)');
      assert.equal(await code(), 'sql.failed');
      const [before] = await service.backups(scratch.request().target);
      const first = await restore(before, { engine });
      assert.equal(first.undone?.id, '002_b');
      const [half] = await service.backups(scratch.request().target);
      assert.equal(half.file, first.backup);
      assert.deepEqual(marksBeside(), [`${half.name}.running.json`]);

      const second = await restore(half, { engine });
      assert.deepEqual([second.outcome, second.undone], ['done', undefined]);
      assert.deepEqual(scratch.values('SELECT v FROM t'), [99, 5]);
      assert.equal(await code(), 'run.interrupted');
      assert.deepEqual(scratch.values('SELECT v FROM t'), [99, 5]);

      // And there and back once more, which makes no further copies of states that there are.
      const count = (await service.backups(scratch.request().target)).length;
      assert.equal((await restore(before, { engine })).undone?.id, '002_b');
      assert.equal((await restore(half, { engine })).outcome, 'done');
      assert.equal(await code(), 'run.interrupted');
      assert.ok((await service.backups(scratch.request().target)).length <= count + 2);
    });
  }

  it('takes a state that only its mark tells from another for one of its own', async () => {
    const backup = await migrated();
    assert.equal((await restore(backup)).outcome, 'done');
    const mark = {
      migration: { version: '001', id: '001_a', name: 'a' },
      direction: 'up',
      statement: 2,
      statements: 3,
      persisted: 1,
      since: new Date(Date.now() + 1000).toISOString(),
      owner: { pid: 1, host: 'h', machine: 'm' },
    };
    const path = join(scratch.folder, '.lockstep', 'app.db.running.json');
    writeFileSync(path, JSON.stringify(mark));
    const [newest] = await service.backups(scratch.request().target);
    assert.equal((await restore(newest)).undone?.id, '001_a');
    assert.equal((await restore(newest)).outcome, 'done');
    rmSync(path, { force: true });
    const marked = marksBeside();
    assert.equal(marked.length, 1);
    assert.notEqual(marked[0], `${newest.name}.running.json`);
    await restore({ name: marked[0].replace('.running.json', '') });
    assert.ok(existsSync(path));
  });

  it('removes the mark of a backup with it, and one whose backup is gone', async () => {
    const backup = await migrated();
    const folder = join(scratch.folder, '.lockstep');
    writeFileSync(`${backup.file}.running.json`, '{}');
    const gone = 'app.db.20200102T030405678Z.before-restore.backup.running.json';
    writeFileSync(join(folder, gone), '{}');
    for (let i = 0; i < 3; i++) {
      scratch.exec(`INSERT INTO t VALUES (${i + 10})`);
      scratch.migrate({ [`01${i}_x`]: `CREATE TABLE x${i} (x);` });
      const backup = { keep: 1, maxBytes: 1e6 };
      await service.run(scratch.request({ backup }));
    }
    assert.deepEqual(marksBeside(), []);
    assert.equal((await service.backups(scratch.request().target)).length, 1);
  });

  it('leaves the mark as it was when the restore ends without effect', async () => {
    const backup = await migrated();
    const mark = { migration: { version: '1', id: '1', name: '1' }, persisted: 1, failed: 'x' };
    writeFileSync(`${backup.file}.running.json`, JSON.stringify(mark));
    const reader = open();
    await reader.sql('BEGIN; SELECT * FROM t');
    const wait = { ...scratch.request().wait, attemptMs: 300, totalMs: 300 };
    const result = await restore(backup, { wait });
    assert.equal(result.outcome, 'timeout');
    assert.ok(!existsSync(join(scratch.folder, '.lockstep', 'app.db.running.json')));
    await reader.sql('ROLLBACK; SELECT 1');
  });

  it('waits while a migration is at work outside a transaction', async () => {
    const backup = await migrated();
    const path = join(scratch.folder, '.lockstep', 'app.db.running.json');
    const { processIdentity } = await import('../../src/system/process');
    const mark = { migration: { version: '9', id: '9', name: '9' }, owner: processIdentity() };
    writeFileSync(path, JSON.stringify({ ...mark, since: new Date().toISOString() }));
    let waited = false;
    const result = await service.restore(request(backup.name), {
      onEvents: each((event) => {
        if (event.type === 'waiting' && !waited) {
          waited = true;
          assert.deepEqual(scratch.values('SELECT v FROM t'), [1, 2, 99]);
          rmSync(path);
        }
      }),
    });
    assert.ok(waited);
    assert.equal(result.outcome, 'done', JSON.stringify(result));
  });

  it('waits for a sql.js writer, which has no lock of SQLite’s', async () => {
    const backup = await migrated();
    const { Claim } = await import('../../src/sqlite/writer/claim');
    const { processIdentity } = await import('../../src/system/process');
    const claim = Claim.take(scratch.database, processIdentity())!;
    let isFree = false;
    const result = await service.restore(request(backup.name), {
      onEvents: each((event) => {
        if (event.type === 'waiting' && !isFree) {
          assert.deepEqual(scratch.values('SELECT v FROM t'), [1, 2, 99]);
          isFree = true;
          claim.release();
        }
      }),
    });
    assert.ok(isFree);
    assert.equal(result.outcome, 'done', JSON.stringify(result));
  });

  it('works through sql.js as well: another file in its place, mode and link kept', async () => {
    const backup = await migrated();
    chmodSync(scratch.database, 0o640);
    const result = await restore(backup, { engine: 'sqljs' });
    assert.equal(result.outcome, 'done', JSON.stringify(result));
    assert.deepEqual(scratch.values('SELECT v FROM t'), [1, 2]);
    assert.equal(statSync(scratch.database).mode & 0o777, 0o640);
    assert.deepEqual(scratch.names(), ['.lockstep', 'app.db', 'migrations']);
    const kept = new DatabaseSync(`file:${result.backup}?immutable=1`, { readOnly: true });
    assert.equal(kept.prepare('SELECT count(*) AS n FROM t').get()!.n, 3);
    kept.close();
    scratch.exec('PRAGMA journal_mode=wal');
    const live = new DatabaseSync(scratch.database);
    live.exec('INSERT INTO t VALUES (8)');
    const refused = await restore(backup, { engine: 'sqljs' });
    live.close();
    assert.deepEqual([refused.outcome, refused.error?.code], ['refused', 'writer.refused']);
    assert.deepEqual(scratch.values('SELECT v FROM t'), [1, 2, 8]);
  });
});
