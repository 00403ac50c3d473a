import assert from 'node:assert/strict';
import {
  chmodSync,
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { RunEvent } from '../../../../src/core/run/runEvents';
import type { RunRequest } from '../../../../src/core/run/runRequest';
import { backupBeforeRun } from '../../../../src/migrator/thread/backup';
import type { ThreadContext } from '../../../../src/migrator/thread/threadContext';
import { loadEngine } from '../../../../src/sqlite/engines';
import { each } from '../../../support/each';
import { useScratch } from '../../../support/scratch';
import { useService } from '../../../support/service';

const megabyte = 1024 * 1024;

describe('the backup before a run', () => {
  const scratch = useScratch();
  const service = useService();
  let events: RunEvent[];
  beforeEach(() => {
    events = [];
    scratch.migrate({ '003_users': 'CREATE TABLE users (x);' });
  });

  const run = (change: Partial<RunRequest> = {}, signal?: AbortSignal) =>
    service.run(scratch.request(change), { onEvents: (batch) => events.push(...batch), signal });
  const kinds = () => events.map(({ type }) => type).filter((type) => type.startsWith('back'));
  const sidecar = () =>
    readdirSync(join(scratch.folder, '.lockstep'))
      .filter((name) => !/^\.gitignore$|log\.jsonl$/.test(name))
      .sort();
  const backups = () => service.backups(scratch.request().target);

  it('is not made where there is nothing to lose or nothing to do', async () => {
    assert.equal((await run()).outcome, 'done');
    assert.deepEqual(kinds(), ['backupSkipped']);
    assert.equal((await run()).outcome, 'done');
    assert.deepEqual(kinds(), ['backupSkipped']);
    assert.deepEqual(sidecar(), []);
    assert.deepEqual(await backups(), []);
  });

  it('is, byte by byte, the database as it was, and leaves nothing else', async () => {
    scratch.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1), (2); DELETE FROM t WHERE a = 1');
    chmodSync(scratch.database, 0o640);
    const before = readFileSync(scratch.database);
    const result = await run();
    assert.equal(result.outcome, 'done', JSON.stringify(result));
    const [name] = sidecar();
    assert.match(name, /^app\.db\.\d{8}T\d{9}Z\.before-003_users\.backup$/);
    assert.deepEqual(sidecar().length, 1);
    const file = join(scratch.folder, '.lockstep', name);
    assert.equal(result.backup, file);
    assert.deepEqual(readFileSync(file), before);
    assert.equal(statSync(file).mode & 0o777, 0o640);
    const event = events.find((each) => each.type === 'backedUp')!;
    assert.deepEqual([event.file, event.bytes], [file, before.length]);
    const order = events.map(({ type }) => type);
    assert.ok(order.indexOf('planned') < order.indexOf('backedUp'));
    assert.ok(order.indexOf('backedUp') < order.indexOf('stepStarted'));
  });

  it('has what is only in the write-ahead log', async () => {
    const live = new DatabaseSync(scratch.database);
    live.exec('PRAGMA journal_mode=wal; PRAGMA wal_autocheckpoint=0; CREATE TABLE t (a)');
    live.exec('INSERT INTO t VALUES (7)');
    const { backup } = await run();
    live.close();
    assert.deepEqual(sidecar().length, 1);
    const copy = new DatabaseSync(`file:${backup}?immutable=1`, { readOnly: true });
    assert.deepEqual({ ...copy.prepare('SELECT a FROM t').get() }, { a: 7 });
    copy.close();
  });

  it('says before what it was made, also for a down migration, newest first', async () => {
    scratch.write({ 'migrations/003_users.down.sql': 'DROP TABLE users;' });
    scratch.exec('CREATE TABLE t (a)');
    await run();
    await run({ direction: 'down', goal: { kind: 'steps', steps: 1 } });
    const [down, up] = await backups();
    assert.deepEqual(down.reason, { kind: 'down', migration: '003_users' });
    assert.deepEqual(up.reason, { kind: 'up', migration: '003_users' });
    assert.ok(up.at <= down.at && Math.abs(Date.now() - Date.parse(up.at)) < 60_000);
    assert.equal(up.bytes, statSync(up.file).size);
  });

  it('keeps the newest so many, and all where none is wanted', async () => {
    scratch.exec('CREATE TABLE t (a)');
    const backup = { keep: 2, maxBytes: megabyte };
    for (let version = 10; version < 14; version++) {
      scratch.migrate({ [`0${version}_x`]: `CREATE TABLE t${version} (x);` });
      await run({ backup });
    }
    const kept = (await backups()).map(({ reason }) => 'migration' in reason && reason.migration);
    assert.deepEqual(kept, ['013_x', '012_x']);
    scratch.migrate({ '014_x': 'CREATE TABLE t14 (x);' });
    events = [];
    assert.equal((await run({ backup: { ...backup, keep: 0 } })).outcome, 'done');
    assert.deepEqual(kinds(), []);
    assert.deepEqual(sidecar().length, 2);
  });

  it('is not made again for the same content: failing runs push nothing out', async () => {
    scratch.exec('CREATE TABLE t (a)');
    scratch.migrate({ '004_bad': 'INSERT INTO nowhere VALUES (1);' });
    const first = await run();
    assert.deepEqual([first.outcome, (await backups()).length], ['failed', 1]);
    const files = new Set<string | undefined>();
    for (let again = 0; again < 3; again++) {
      files.add((await run()).backup);
    }
    assert.deepEqual([files.size, (await backups()).length], [1, 2]);
  });

  it('is left out, with a word about it, where the database is too large', async () => {
    scratch.exec('CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(200000))');
    const result = await run({ backup: { keep: 5, maxBytes: 200_000 } });
    assert.deepEqual([result.outcome, result.backup], ['done', undefined]);
    const event = events.find((each) => each.type === 'backupSkipped')!;
    assert.deepEqual([event.reason, event.limit], ['tooLarge', 200_000]);
    assert.ok(event.bytes > 200_000);
    assert.deepEqual(await backups(), []);
  });

  it('stops the run where it cannot be made, before anything is changed', async () => {
    scratch.exec('CREATE TABLE t (a)');
    writeFileSync(join(scratch.folder, '.lockstep'), 'in the way');
    const before = readFileSync(scratch.database);
    const result = await run();
    assert.deepEqual([result.outcome, result.error?.code], ['refused', 'backup.failed']);
    assert.deepEqual(result.remaining.length, 1);
    assert.deepEqual(readFileSync(scratch.database), before);
    assert.equal((await run({ backup: { keep: 0, maxBytes: 0 } })).outcome, 'done');
  });

  it('is checked: that of a damaged database is none', async () => {
    scratch.exec(
      `CREATE TABLE t (a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 500)
       INSERT INTO t SELECT hex(randomblob(100)) FROM n`,
    );
    const file = openSync(scratch.database, 'r+');
    writeSync(file, Buffer.alloc(4096, 0xff), 0, 4096, 4096 * 5);
    closeSync(file);
    const result = await run();
    assert.deepEqual([result.outcome, result.error?.code], ['refused', 'backup.failed']);
    assert.deepEqual(sidecar(), []);
  });

  it('does not mind rows that a table would not take, nor what only the app knows', async () => {
    const app = new DatabaseSync(scratch.database, { enableForeignKeyConstraints: false });
    app.function('valid', { deterministic: true }, (_value) => 1);
    app.exec(`CREATE TABLE t (a CHECK (valid(a))); INSERT INTO t VALUES (1);
      CREATE TABLE u (a CHECK (a > 0)); PRAGMA ignore_check_constraints=1;
      INSERT INTO u VALUES (-1)`);
    app.close();
    const result = await run();
    assert.deepEqual([result.outcome, typeof result.backup], ['done', 'string']);
  });

  it('sweeps what a killed process left, of this database only', async () => {
    scratch.exec('CREATE TABLE t (a)');
    const stamp = '20260101T000000000Z.before-001_x.backup';
    const left = [`app.db.${stamp}.tmp`, `app.db.${stamp}.tmp-journal`];
    const others = [`app.db.2.${stamp}.tmp`, `app.db.${stamp}`, 'app.db.notes.tmp'];
    scratch.write(
      Object.fromEntries([...left, ...others].map((name) => [`.lockstep/${name}`, 'x'])),
    );
    await run();
    const names = sidecar();
    assert.deepEqual(
      [...left, ...others].filter((name) => names.includes(name)),
      others,
    );
    assert.equal(names.length, others.length + 1);
  });

  it('lists only what is a backup of this database, and no links', async () => {
    scratch.exec('CREATE TABLE t (a)');
    await run();
    const stamp = '20260101T000000000Z.before-001_x.backup';
    scratch.write({ [`.lockstep/app.db.2.${stamp}`]: 'x', '.lockstep/app.db.x.backup': 'x' });
    scratch.write({ '.lockstep/app.db.20269901T000000000Z.before-1.backup': 'x' });
    symlinkSync('/etc/passwd', join(scratch.folder, '.lockstep', `app.db.${stamp}`));
    assert.equal((await backups()).length, 1);
  });

  it('is made through sql.js as well, byte by byte', async () => {
    scratch.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)');
    const before = readFileSync(scratch.database);
    const result = await run({ engine: 'sqljs' });
    assert.equal(result.outcome, 'done', JSON.stringify(result.error));
    assert.deepEqual(readFileSync(result.backup!), before);
    assert.deepEqual(scratch.versions(), ['003']);
    assert.deepEqual(scratch.names(), ['.lockstep', 'app.db', 'migrations']);
  });

  it('ends with the run that is cancelled meanwhile, and leaves nothing', async () => {
    scratch.exec('CREATE TABLE t (a)');
    const live = new DatabaseSync(scratch.database);
    // More than one step's worth, so that the wish to cancel is seen in between.
    live.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 30)
      INSERT INTO t SELECT zeroblob(${megabyte}) FROM n`);
    live.close();
    const controller = new AbortController();
    const result = await service.run(scratch.request(), {
      onEvents: each((event) => {
        if (event.type === 'planned') {
          controller.abort();
        }
      }),
      signal: controller.signal,
    });
    assert.equal(result.outcome, 'cancelled', JSON.stringify(result));
    assert.deepEqual(scratch.rows("SELECT 1 FROM sqlite_schema WHERE name = 'users'"), []);
    rmSync(join(scratch.folder, '.lockstep', '.gitignore'), { force: true });
    const finished = (await backups()).length; // the wish may come too late
    assert.deepEqual(sidecar().length, finished);
    assert.equal((await run()).outcome, 'done');
  });

  it('sees while it copies that it is not wanted any more', async () => {
    scratch.exec(`CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(${20 * megabyte}))`);
    const engine = await loadEngine('native', '');
    const events: string[] = [];
    let looks = 0;
    const control = {
      get cancelled(): boolean {
        return ++looks === 3;
      },
    };
    const backUp = backupBeforeRun(
      {
        path: scratch.database,
        direction: 'up',
        keep: 5,
        maxBytes: 100 * megabyte,
        emit: ({ type }) => events.push(type),
      },
      { engine, control } as unknown as ThreadContext,
    )!;
    const open = engine.connections(scratch.database).open({ foreignKeys: false });
    await assert.rejects(backUp(open, { version: '1', id: '1_a', name: 'a' }), {
      code: 'run.cancelled',
    });
    open.close();
    assert.deepEqual([looks, events, sidecar()], [3, [], []]);
  });
});
