import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Backup } from '../../src/core/model';
import type { RestoreResult } from '../../src/core/run/runRequest';
import { Cli, objects, resultOf } from '../support/cliProcess';
import { Scratch } from '../support/scratch';
import { slowStatement } from '../support/slowStep';

describe('backups in the terminal', () => {
  let scratch: Scratch;
  let running: Cli[];
  beforeEach(() => {
    scratch = new Scratch();
    running = [];
    scratch.exec('CREATE TABLE t (v); INSERT INTO t VALUES (1)');
  });
  afterEach(async () => {
    running.forEach(({ process }) => process.kill('SIGKILL'));
    await Promise.all(running.map(({ ended }) => ended));
    scratch.dispose();
  });

  const start = (...args: string[]): Cli => {
    const cli = new Cli([...args, '--database', 'app.db'], { cwd: scratch.folder });
    running.push(cli);
    return cli;
  };
  const run = (...args: string[]) => start(...args).ended;
  const migrate = (...args: string[]) => run('migrate', '--migrations', 'migrations', ...args);
  const listed = async (): Promise<Backup[]> => {
    const [{ backups }] = objects(await run('backups', '--json')) as unknown as {
      backups: Backup[];
    }[];
    return backups;
  };
  const sidecar = () => readdirSync(join(scratch.folder, '.lockstep'));

  it('are said, listed and restored, by name, by path and the latest', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x); UPDATE t SET v = 2;' });
    const { out } = await migrate();
    assert.match(out, /^Backup: app\.db\.\d{8}T\d{9}Z\.before-001_a\.backup \(8 KB, \d+ ms\)$/m);
    const [backup] = await listed();
    const list = await run('backups');
    assert.match(
      list.out,
      /^app\.db\..*\.backup {2}\d{4}-\d\d-\d\d \d\d:\d\d, 8 KB, before 001_a$/m,
    );

    const byPath = relative(scratch.folder, backup.file);
    for (const wanted of [backup.name, byPath]) {
      scratch.exec('UPDATE t SET v = v + 5');
      const { code, out: said } = await run('restore', wanted, '--yes');
      assert.equal(code, 0);
      assert.match(said, /^Restored app\.db\..* \(before 001_a\) in /m);
      assert.match(said, /What was there before is kept as app\.db\..*before-restore\.backup/);
      assert.deepEqual(scratch.values('SELECT v FROM t'), [1]);
    }
    const undo = await run('restore', '--latest', '--yes', '--json');
    const result = objects(undo).at(-1) as unknown as RestoreResult;
    assert.deepEqual([result.outcome, result.restored?.reason], ['done', { kind: 'restore' }]);
    assert.deepEqual(scratch.values('SELECT v FROM t'), [6]);
  });

  it('are not restored unless somebody says so, nor under a name that is none', async () => {
    scratch.migrate({ '001_a': 'UPDATE t SET v = 2;' });
    await migrate();
    const unasked = await run('restore', '--latest');
    assert.equal(unasked.code, 2);
    assert.match(unasked.err, /--yes/);
    const unknown = await run('restore', 'app.db', '--yes');
    assert.equal(unknown.code, 2);
    assert.match(unknown.err, /There is no backup “app\.db”/);
    assert.equal((await run('restore')).code, 2);
    assert.deepEqual(scratch.values('SELECT v FROM t'), [2]);
  });

  it('are fewer, or none, when asked for that', async () => {
    assert.match((await run('backups')).out, /^There are no backups of app\.db\.$/m);
    assert.match((await run('restore', '--latest', '--yes')).err, /There are no backups/);
    for (const version of ['001', '002', '003']) {
      scratch.migrate({ [`${version}_x`]: `CREATE TABLE t${version} (x);` });
      await migrate('--backups', '1');
    }
    assert.equal((await listed()).length, 1);
    scratch.migrate({ '004_x': 'CREATE TABLE t004 (x);' });
    const { err } = await migrate('--backup-max', '0');
    assert.match(err, /No backup: the database has \d+ KB, more than the limit of 0 B/);
    scratch.migrate({ '005_x': 'CREATE TABLE t005 (x);' });
    const quiet = await migrate('--backups', '0');
    assert.doesNotMatch(quiet.out + quiet.err, /backup/i);
    assert.equal((await listed()).length, 1);
  });

  it('is there after a run that was killed outside a transaction, and undoes it', async () => {
    scratch.migrate({
      '001_b': `BEGIN; CREATE TABLE big (i); COMMIT; UPDATE t SET v = 7;\n${slowStatement()}\nSELECT 1; VACUUM;`,
    });
    const cli = start('migrate', '--migrations', 'migrations', '--json');
    await cli.says('"stepStarted"');
    await waitFor(() => scratch.values('SELECT v FROM t')[0] === 7);
    cli.process.kill('SIGKILL');
    await cli.ended;
    const refused = resultOf(await migrate('--json'));
    assert.deepEqual([refused.outcome, refused.error?.code], ['refused', 'run.interrupted']);
    const [backup] = await listed();
    const { out, code } = await run('restore', backup.name, '--yes');
    assert.equal(code, 0);
    assert.match(out, /001_b no longer counts as interrupted\./);
    assert.deepEqual(scratch.values('SELECT v FROM t'), [1]);
    assert.deepEqual(scratch.values("SELECT name FROM sqlite_schema WHERE name = 'big'"), []);
    scratch.migrate({ '001_b': 'UPDATE t SET v = 8;' });
    assert.equal((await migrate()).code, 0);
    assert.deepEqual(scratch.values('SELECT v FROM t'), [8]);
  });

  it('wait for another terminal that migrates, and name it', async () => {
    scratch.migrate({ '001_a': 'UPDATE t SET v = 2;' });
    await migrate();
    const [backup] = await listed();
    scratch.migrate({ '002_big': 'CREATE TABLE big (i);', '003_slow': slowStatement(12_000_000) });
    const other = start('migrate', '--migrations', 'migrations', '--json');
    await other.says(/"stepStarted".*"003_slow"/);
    const events = objects(await run('restore', backup.name, '--yes', '--json'));
    const waiting = events.find(({ type }) => type === 'waiting') as {
      on?: string;
      holder?: object;
    };
    assert.equal(waiting?.on, 'sentinel');
    assert.equal((waiting.holder as { pid: number }).pid, other.process.pid);
    assert.equal(resultOf(await other.ended).outcome, 'done');
    assert.equal((events.at(-1) as unknown as RestoreResult).outcome, 'done');
    assert.deepEqual(scratch.values('SELECT v FROM t'), [1]);
  });

  it('are whole, also when a run is killed while it makes one', async () => {
    scratch.exec(`CREATE TABLE big (b);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 30)
      INSERT INTO big SELECT randomblob(1000000) FROM n`);
    for (let delay = 0; delay < 10; delay++) {
      // Other content each time, or the copy would be the last one's.
      scratch.exec(`UPDATE t SET v = ${delay}`);
      scratch.migrate({
        [`0${10 + delay}_x`]: `CREATE TABLE x${delay} (a); UPDATE big SET b = 1;`,
      });
      const cli = start('migrate', '--migrations', 'migrations', '--json');
      await cli.says('"planned"');
      await new Promise((done) => setTimeout(done, delay * 15));
      cli.process.kill('SIGKILL');
      await cli.ended;
      for (const { file } of await listed()) {
        const copy = new DatabaseSync(`file:${file}?mode=ro&immutable=1`, { readOnly: true });
        assert.deepEqual({ ...copy.prepare('PRAGMA quick_check').get() }, { quick_check: 'ok' });
        copy.close();
      }
    }
    await migrate();
    assert.deepEqual(
      sidecar().filter((name) => name.includes('.tmp')),
      [],
    );
    assert.ok((await listed()).length > 0);
  });

  for (const mode of ['delete', 'wal']) {
    it(`restoring is all or nothing when it is killed (${mode})`, async () => {
      scratch.exec(`PRAGMA journal_mode=${mode}; CREATE TABLE big (b);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20)
        INSERT INTO big SELECT randomblob(1000000) FROM n`);
      scratch.migrate({ '001_a': 'UPDATE big SET b = zeroblob(1000000); UPDATE t SET v = 2;' });
      assert.equal((await migrate()).code, 0);
      const [backup] = await listed();
      let killed = 0;
      for (let delay = 0; delay < 12; delay++) {
        const cli = start('restore', backup.name, '--yes', '--json');
        // It writes from the moment on at which the copy of what was there is made.
        await cli.says('"backedUp"');
        await new Promise((done) => setTimeout(done, delay * 8));
        cli.process.kill('SIGKILL');
        const { signal } = await cli.ended;
        killed += signal ? 1 : 0;
        assert.deepEqual(scratch.values('PRAGMA integrity_check'), ['ok']);
        const [v] = scratch.values('SELECT v FROM t');
        const zero = scratch.values('SELECT count(*) FROM big WHERE b = zeroblob(1000000)');
        assert.deepEqual([v, zero], v === 1 ? [1, [0]] : [2, [20]]);
        scratch.exec('UPDATE big SET b = zeroblob(1000000); UPDATE t SET v = 2');
      }
      assert.ok(killed > 0, 'none was killed');
      const { code } = await run('restore', backup.name, '--yes');
      assert.equal(code, 0);
      assert.deepEqual(scratch.values('SELECT v FROM t'), [1]);
      assert.deepEqual(
        sidecar().filter((name) => name.includes('.tmp')),
        [],
      );
    });
  }

  it('that cannot be made stops the run: nobody may write the folder', function () {
    const nobody = 65534;
    const isRoot = process.getuid?.() === 0;
    scratch.migrate({ '001_a': 'UPDATE t SET v = 2;' });
    mkdirSync(join(scratch.folder, '.lockstep'));
    chmodSync(join(scratch.folder, '.lockstep'), 0o555);
    const as = isRoot ? { uid: nobody, gid: nobody } : {};
    const start = (args: string[]) =>
      spawnSync(process.execPath, [resolve('dist/cli.js'), ...args], {
        ...as,
        cwd: scratch.folder,
        encoding: 'utf8',
      });
    if (isRoot) {
      chmodSync(scratch.folder, 0o777);
      chmodSync(scratch.database, 0o666);
      if (start(['--version']).status !== 0) {
        return this.skip(); // nobody cannot even run it from here
      }
    }
    const args = ['migrate', '-d', 'app.db', '-m', 'migrations'];
    const { status, stderr } = start(args);
    assert.equal(status, 4, stderr);
    assert.match(stderr, /No backup could be made in .*\.lockstep, so nothing was changed/);
    assert.match(stderr, /lockstep\.backup\.keep/);
    assert.deepEqual(scratch.values('SELECT v FROM t'), [1]);
    assert.equal(start([...args, '--backups', '0']).status, 0);
    assert.deepEqual(scratch.values('SELECT v FROM t'), [2]);
  });

  it('copies of a database that others may not read are not for them either', async () => {
    chmodSync(scratch.database, 0o600);
    scratch.migrate({ '001_a': 'UPDATE t SET v = 2;' });
    await migrate();
    const [backup] = await listed();
    assert.equal(statSync(backup.file).mode & 0o777, 0o600);
    assert.ok(existsSync(join(scratch.folder, '.lockstep', '.gitignore')));
    new DatabaseSync(`file:${backup.file}?immutable=1`, { readOnly: true }).close();
  });
});

async function waitFor(condition: () => boolean): Promise<void> {
  for (;;) {
    try {
      if (condition()) {
        return;
      }
    } catch {
      // locked at the moment
    }
    await new Promise((done) => setTimeout(done, 10));
  }
}
