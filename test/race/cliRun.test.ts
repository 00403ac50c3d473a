import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Cli, eventsOf, objects, resultOf } from '../support/cliProcess';
import { Scratch } from '../support/scratch';
import { slowMigrations } from '../support/slowStep';
import { until } from '../support/until';

/** In the lines of --json. */
const slowStarted = /"stepStarted".*"002_slow"/;

describe('the terminal', () => {
  let scratch: Scratch;
  let running: Cli[];
  beforeEach(() => {
    scratch = new Scratch();
    running = [];
  });
  afterEach(async () => {
    running.forEach(({ process }) => process.kill('SIGKILL'));
    await Promise.all(running.map(({ ended }) => ended));
    scratch.dispose();
  });

  const where = (): string[] => [
    '--database',
    scratch.database,
    '--migrations',
    scratch.migrations,
  ];
  const start = (...args: string[]): Cli => {
    const cli = new Cli([...args, ...where()], { cwd: scratch.folder });
    running.push(cli);
    return cli;
  };
  const run = (...args: string[]) => start(...args).ended;
  const code = async (...args: string[]): Promise<number | null> => (await run(...args)).code;

  describe('exit codes', () => {
    it('0: done, nothing to do; status creates nothing', async () => {
      scratch.migrate({ '001_a': 'CREATE TABLE a (x);', '002_b': 'CREATE TABLE b (x);' });
      assert.equal(await code('status'), 0);
      assert.equal(await code('status', '--check'), 1);
      assert.deepEqual(scratch.names(), ['migrations']);
      assert.equal(await code('migrate', '--steps', '1'), 0);
      assert.deepEqual(scratch.versions(), ['001']);
      assert.equal(await code('migrate', '--to', '002_b'), 0);
      assert.deepEqual(scratch.versions(), ['001', '002']);
      const again = await run('migrate');
      assert.equal(again.code, 0);
      assert.match(again.out, /^Nothing to apply: the database is up to date\.\n$/);
      assert.equal(await code('status', '--check'), 0);
    });

    it('status: what cannot be read is neither pending nor not pending', async () => {
      scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
      scratch.exec('CREATE TABLE own (x)');
      const file = readFileSync(scratch.database);
      writeFileSync(scratch.database, file.fill(0xee, 100));
      const end = await run('status', '--check');
      assert.match(end.out, /^Pending: not known$/m);
      assert.doesNotMatch(end.out, /Nothing is pending/);
      assert.equal(end.code, 1);
      assert.equal(await code('status'), 0);
    });

    it('1: a migration failed, and the line is named', async () => {
      scratch.migrate({
        '001_a': 'CREATE TABLE a (x);',
        '002_b': 'CREATE TABLE b (x);\nINSERT INTO b VALUES (1);\n  INSERT INTO c VALUES (1);\n',
        '003_c': 'CREATE TABLE c (x);',
      });
      const rehearsed = await run('migrate', '--rehearse');
      assert.equal(rehearsed.code, 1);
      assert.match(rehearsed.err, /^error: migrations\S002_b\.sql:3:3: no such table: c\n/);
      assert.match(rehearsed.err, /nothing was changed\. Up to 001_a it works \(--to 001_a\)/);
      assert.equal(existsSync(scratch.database), false);
      const end = await run('migrate', '--no-rehearse');
      assert.equal(end.code, 1);
      assert.match(end.err, /^error: migrations\S002_b\.sql:3:3: no such table: c\n/);
      assert.match(end.err, /Applied 1 migration; that stays/);
      assert.deepEqual(scratch.versions(), ['001']);
      assert.deepEqual(scratch.values("SELECT name FROM sqlite_schema WHERE name = 'b'"), []);
    });

    it('2: bad usage or input', async () => {
      scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
      assert.equal(await code('migrate', '--bogus'), 2);
      assert.equal(await code('migrate', '--to', '009'), 2);
      assert.equal(await code('bogus'), 2);
      const nowhere = join(scratch.folder, 'nowhere');
      const missing = ['--database', scratch.database, '--migrations', nowhere];
      assert.equal((await Cli.run(['migrate', ...missing])).code, 2);
      const status = await Cli.run(['status', ...missing]);
      assert.equal(status.code, 2);
      assert.doesNotMatch(status.out, /not readable|:  *,/);
      assert.deepEqual(scratch.names(), ['migrations'], 'nothing was created');
      writeFileSync(scratch.database, 'certainly not a database, whatever its name says');
      for (const command of ['migrate', 'status']) {
        const end = await run(command, '--json');
        assert.equal(end.code, 2, end.out);
      }
      const empty = new Scratch();
      try {
        const end = await Cli.run(['migrate'], { cwd: empty.folder });
        assert.equal(end.code, 2);
        assert.match(end.err, /--database and --migrations/);
      } finally {
        empty.dispose();
      }
    });

    it('3: no lock in time, and it says that it is not Lockstep', async () => {
      scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
      scratch.exec('CREATE TABLE own (x)');
      const other = new DatabaseSync(scratch.database);
      try {
        other.exec('BEGIN IMMEDIATE');
        const end = await run('migrate', '--wait', '0.5');
        assert.equal(end.code, 3, end.err);
        assert.match(end.err, /A program that is not Lockstep has it/);
        assert.match(end.err, /Likely causes/);
        assert.equal(await code('migrate', '--wait', '0'), 3);
      } finally {
        other.close();
      }
      assert.equal(await code('migrate'), 0, 'afterwards it works');
    });

    it('4: refused: two files with one version, said once, whether or not anything is left to do', async () => {
      scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
      assert.equal(await code('migrate'), 0);
      for (const more of ['001_b', '002_c']) {
        scratch.migrate({ [more]: 'CREATE TABLE b (x);' });
        const end = await run('migrate');
        assert.equal(end.code, 4, end.out);
        assert.equal(`${end.out}${end.err}`.match(/Two migrations have/g)?.length, 1);
        assert.doesNotMatch(end.err, /was changed after/);
      }
      assert.deepEqual(scratch.versions(), ['001']);
    });

    it('4: refused', async () => {
      scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
      scratch.exec('CREATE TABLE schema_migrations (version uint64, dirty bool)');
      const end = await run('migrate');
      assert.equal(end.code, 4, end.err);
      assert.match(end.err, /schema_migrations/);
      assert.deepEqual(scratch.values('SELECT name FROM sqlite_schema'), ['schema_migrations']);
    });
  });

  it('--json: nothing but objects, the last one the result', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    const end = await run('migrate', '--json');
    assert.equal(end.err, '');
    const events = eventsOf(end).map(({ type }) => type);
    assert.ok(events.includes('stepStarted') && events.includes('stepDone'), String(events));
    const { applied, alreadyApplied, ms, outcome } = resultOf(end);
    assert.deepEqual(
      applied.map(({ migration }) => migration.id),
      ['001_a'],
    );
    assert.deepEqual([alreadyApplied, outcome, typeof ms], [[], 'done', 'number']);
    const [status] = objects(await run('status', '--json'));
    assert.equal(status.type, 'status');
    assert.equal((status.history as unknown[]).length, 1);
  });

  it('new and rollback', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);', '001_a.down': 'DROP TABLE a;' });
    const created = await run('new', 'add', 'users');
    assert.equal(created.code, 0, created.err);
    assert.ok(existsSync(join(scratch.migrations, '002_add_users.sql')), created.out);
    assert.equal(await code('migrate', '--to', '001'), 0);
    const undone = await run('rollback');
    assert.equal(undone.code, 0, undone.err);
    assert.match(undone.out, /Rolled back 1 migration/);
    assert.deepEqual(scratch.versions(), []);
    assert.match((await run('rollback')).out, /Nothing to roll back/);
  });

  it('a waiter shows who works, and names it when there is nothing left to do', async () => {
    scratch.migrate(slowMigrations());
    const worker = start('migrate', '--json');
    await worker.says(slowStarted);
    const waiter = start('migrate', '--json');
    await waiter.says('"waiting"');
    const lock = await run('lock');
    assert.match(
      lock.out,
      new RegExp(`held by a terminal in .* \\(pid ${worker.process.pid} .*applying 002_slow`),
    );
    const broken = await run('lock', '--break');
    assert.equal(broken.code, 4, 'its holder lives');
    assert.equal((await worker.ended).code, 0);
    const end = await waiter.ended;
    assert.equal(end.code, 0, end.err);
    const { applied, alreadyApplied, holder } = resultOf(end);
    assert.deepEqual(applied, []);
    assert.equal(alreadyApplied.length, 3);
    assert.equal(holder?.pid, worker.process.pid);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`${signal} in a slow statement: says what stayed, and ends by that signal`, async function () {
      if (process.platform === 'win32') {
        this.skip();
      }
      scratch.migrate(slowMigrations());
      const cli = start('migrate', '--json', '--transaction', 'each');
      await cli.says(slowStarted);
      cli.process.kill(signal);
      const end = await cli.ended;
      assert.equal(end.signal, signal, 'a shell shows 128 + its number');
      const { outcome, applied, remaining, interrupted } = resultOf(end);
      assert.equal(outcome, 'cancelled');
      assert.equal(interrupted?.id, '002_slow');
      assert.deepEqual(
        applied.map(({ migration }) => migration.version),
        ['001'],
      );
      assert.deepEqual(
        remaining.map(({ version }) => version),
        ['002', '003'],
      );
      assert.deepEqual(scratch.versions(), ['001']);
      assert.deepEqual(scratch.values('SELECT count(*) FROM big'), [0]);
      assert.match((await run('lock')).out, /Lock: free/);
    });
  }

  it('SIGINT outside a transaction: says what status then says of what stayed', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const { '002_slow': slow, ...others } = slowMigrations();
    scratch.migrate({ ...others, '002_slow': `-- lockstep: transaction:false\n${slow}` });
    const slowNext = (): boolean => {
      const mark = join(scratch.folder, '.lockstep', 'app.db.running.json');
      return existsSync(mark) && readFileSync(mark, 'utf8').includes('"statement":2');
    };
    for (const format of [['--json'], []]) {
      const cli = start('migrate', '--no-rehearse', ...format);
      await until(slowNext);
      cli.process.kill('SIGINT');
      const end = await cli.ended;
      assert.equal(end.signal, 'SIGINT');
      if (format.length > 0) {
        const { outcome, error, interrupted } = resultOf(end);
        assert.deepEqual([outcome, interrupted?.id], ['cancelled', '002_slow']);
        const { code: said, params } = error!;
        assert.deepEqual([said, params.statement, params.statements], ['run.interrupted', 2, 2]);
      } else {
        const told = end.out + end.err;
        assert.match(told, /Cancelled\. .*002_slow was interrupted outside a transaction/);
        assert.match(told, /lockstep resolve/);
        assert.doesNotMatch(told, /undone|Nothing was changed/);
      }
      assert.match((await run('status')).out, /002_slow .*interrupted at statement 2 of 2/);
      assert.equal(await code('resolve', '--retry'), 0);
    }
  });

  it('SIGINT while it waits: nothing was changed', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    scratch.exec('CREATE TABLE own (x)');
    const other = new DatabaseSync(scratch.database);
    try {
      other.exec('BEGIN IMMEDIATE');
      const cli = start('migrate', '--json');
      await cli.says('"waiting"');
      cli.process.kill('SIGINT');
      const end = await cli.ended;
      assert.equal(end.signal, 'SIGINT');
      assert.equal(resultOf(end).outcome, 'cancelled');
    } finally {
      other.close();
    }
    assert.deepEqual(scratch.values('SELECT name FROM sqlite_schema'), ['own']);
    assert.equal(await code('migrate', '--wait', '0'), 0, 'no wait is needed now');
  });

  it('Ctrl-C is 130 to a shell', function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    scratch.migrate(slowMigrations());
    const script = `"$@" & pid=$!
      until [ -e "${scratch.database}-journal" ]; do sleep 0.05; done
      kill -INT $pid; wait $pid; echo "code $?"`;
    // An interactive shell does not have its children ignore SIGINT, as one that runs a script does.
    const { stdout } = spawnSync(
      'bash',
      [
        '-c',
        `set -m\n${script}`,
        'bash',
        process.execPath,
        resolve('dist/cli.js'),
        'migrate',
        ...where(),
      ],
      { encoding: 'utf8' },
    );
    assert.match(stdout, /code 130\n$/);
  });

  it('kill -9: the next run takes over by itself', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    scratch.migrate({
      ...slowMigrations(),
      '001_big': 'CREATE TABLE big (i); INSERT INTO big VALUES (0);',
    });
    const killed = start('migrate', '--json');
    await killed.says(slowStarted);
    killed.process.kill('SIGKILL');
    await killed.ended;
    const next = await run('migrate', '--json');
    assert.equal(next.code, 0, next.err);
    const tookOver = eventsOf(next).find(({ type }) => type === 'tookOver');
    assert.equal(tookOver?.type === 'tookOver' && tookOver.holder?.pid, killed.process.pid);
    assert.deepEqual(scratch.versions(), ['001', '002', '003']);
    assert.equal(scratch.values('SELECT count(*) FROM big WHERE i = -1')[0], 1);
    assert.equal(scratch.values('SELECT count(*) FROM big WHERE i = 0')[0], 1);
  });

  it('a reader that goes away stops nothing', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);', '002_b': 'CREATE TABLE b (x);' });
    const cli = start('migrate');
    cli.process.stdout!.destroy();
    const { code: ended, err } = await cli.ended;
    assert.deepEqual([ended, err], [0, '']);
    assert.deepEqual(scratch.versions(), ['001', '002']);
  });

  it('an interrupted step outside a transaction is shown, and decided about', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const slow = slowMigrations();
    mkdirSync(scratch.migrations, { recursive: true });
    scratch.migrate({
      '001_big': slow['001_big'],
      '002_slow': `-- lockstep: transaction:false\nINSERT INTO big VALUES (1);\n${slow['002_slow']}`,
    });
    assert.equal(await code('migrate', '--to', '001'), 0);
    const killed = start('migrate', '--json');
    await killed.says(slowStarted);
    await until(() => {
      try {
        return scratch.values('SELECT count(*) FROM big')[0] !== 0;
      } catch {
        return false; // just being committed
      }
    });
    killed.process.kill('SIGKILL');
    await killed.ended;
    const status = await run('status');
    assert.match(status.out, /002_slow ran outside a transaction and was interrupted/);
    assert.equal(await code('status', '--check'), 1);
    for (const more of [[], ['--migrations', scratch.migrations]]) {
      const shown = await Cli.run(['lock', '--database', scratch.database, ...more]);
      assert.match(shown.out, /002_slow ran outside a transaction and was interrupted/);
    }
    const refused = await run('migrate');
    assert.equal(refused.code, 4, refused.out);
    assert.match(refused.err, /lockstep resolve/);
    const resolved = await run('resolve', '--mark-applied');
    assert.equal(resolved.code, 0, resolved.err);
    assert.deepEqual(scratch.versions(), ['001', '002']);
    assert.equal(await code('status', '--check'), 0);
  });
});
