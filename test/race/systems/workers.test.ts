import assert from 'node:assert/strict';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Connection, ConnectionFactory } from '../../../src/core/connection';
import type { RunEvent } from '../../../src/core/run/runEvents';
import { runMigrations } from '../../../src/core/run/runMigrations';
import { MigrationReader } from '../../../src/migrator/thread/migrationReader';
import { Service } from '../../../src/migrator/service/service';
import { nativeEngine } from '../../../src/sqlite/native/nativeEngine';
import { Cli, objects, resultOf } from '../../support/cliProcess';
import { Scratch } from '../../support/scratch';
import { slowStatement } from '../../support/slowStep';
import { until } from '../../support/until';

// A service under several workers, each of which migrates when it starts: the list of tests that
// its authors wrote on mocks, on real files and processes.
describe('workers that migrate at start', () => {
  let scratch: Scratch;

  beforeEach(() => {
    scratch = new Scratch().migrate({
      '001_notes': 'CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL);',
      '002_seed': "INSERT INTO notes (body) VALUES ('once');",
      '003_tags': 'ALTER TABLE notes ADD COLUMN tag TEXT;',
    });
  });
  afterEach(() => scratch.dispose());

  const named = ['--database', 'app.db', '--migrations', 'migrations'];
  const migrate = (...args: string[]) =>
    Cli.run(['migrate', ...named, ...args], { cwd: scratch.folder });

  it('succeeds at the first try', async () => {
    const result = await migrate('--json');
    const events = objects(result);
    assert.equal(result.code, 0, result.err);
    assert.ok(!events.some(({ type }) => type === 'waiting'));
    assert.deepEqual(scratch.versions(), ['001', '002', '003']);
  });

  it('succeeds after refusals, and says for whom it waits', async () => {
    const foreign = new DatabaseSync(scratch.database);
    foreign.exec('BEGIN IMMEDIATE');
    const cli = new Cli(['migrate', '--json', ...named], { cwd: scratch.folder });
    await cli.says('"waiting"');
    foreign.exec('COMMIT');
    foreign.close();
    assert.equal((await cli.ended).code, 0);
    assert.deepEqual(scratch.versions(), ['001', '002', '003']);
  });

  it('ends at the total limit with attempts, seconds, causes and an action', async () => {
    const foreign = new DatabaseSync(scratch.database);
    foreign.exec('BEGIN IMMEDIATE');
    const { code, err } = await migrate('--wait', '1');
    foreign.close();
    assert.equal(code, 3);
    for (const word of [
      /not Lockstep/,
      /1(\.\d)? s/,
      /attempts?/,
      /stuck/,
      /permission/,
      /disk/i,
    ]) {
      assert.match(err, word);
    }
    assert.deepEqual(scratch.rows('SELECT 1 FROM sqlite_schema'), []);
  });

  it('grows louder, and opens a new connection for each attempt', async () => {
    const engine = nativeEngine();
    const real = engine.connections(scratch.database);
    const opened: Connection[] = [];
    const factory: ConnectionFactory = {
      engine: real.engine,
      path: real.path,
      open: (options) => {
        opened.push(real.open(options));
        return opened.at(-1)!;
      },
    };
    const foreign = new DatabaseSync(scratch.database);
    foreign.exec('BEGIN IMMEDIATE');
    const events: RunEvent[] = [];
    const folder = new MigrationReader().read(scratch.request().target);
    const report = await runMigrations(
      {
        id: 'run',
        direction: 'up',
        goal: { kind: 'all' },
        wait: { attemptMs: 400, totalMs: 2500, staleMs: 60_000 },
        waitedMs: 0,
        transaction: 'each',
        owner: { kind: 'terminal', version: '0', pid: process.pid, host: 'h', machine: 'm' },
      },
      {
        ...folder,
        factory,
        log: { read: () => new Map(), append: () => undefined },
        checkFileAccess: () => undefined,
        marks: {
          read: () => undefined,
          create: () => true,
          update: () => undefined,
          remove: () => undefined,
          isAlive: () => false,
        },
        control: {
          cancelled: false,
          sleep: (ms) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
          committing: (commit) => commit(),
        },
        emit: (event) => events.push(event),
        otherHolder: () => undefined,
      },
    );
    foreign.close();
    assert.equal(report.outcome, 'timeout');
    assert.ok(opened.length >= 3, `${opened.length} connections`);
    const levels = events.flatMap((event) => (event.type === 'waiting' ? [event.level] : []));
    assert.deepEqual([...new Set(levels)], ['debug', 'info']);
  });

  it('leaves no connection open when it fails', async function () {
    if (!existsSync('/proc/self/fd')) {
      return this.skip(); // only Linux tells which files a process has open
    }
    const service = new Service({ threads: resolve('dist') });
    scratch.migrate({ '004_bad': 'INSERT INTO nowhere VALUES (1);' });
    const { outcome } = await service.run(scratch.request());
    assert.equal(outcome, 'failed');
    // The run log is synced when nobody waits for it, so it may be open a moment longer.
    await until(() => openIn(scratch.folder).length === 0);
    await service.dispose();
  });

  it('lets four workers behind a barrier all succeed, one of them with the work', async () => {
    const workers = Array.from({ length: 4 }, () => migrate('--json'));
    const results = (await Promise.all(workers)).map((result) => ({
      code: result.code,
      last: resultOf(result),
    }));
    assert.deepEqual(
      results.map(({ code }) => code),
      [0, 0, 0, 0],
    );
    assert.deepEqual(results.map(({ last }) => last.applied.length).sort(), [0, 0, 0, 3]);
    assert.deepEqual(scratch.values('SELECT body FROM notes'), ['once']);
  });

  it('finds everything applied at a sequential start, and takes no lock for it', async () => {
    await migrate();
    const late = await migrate('--json');
    assert.equal(late.code, 0);
    assert.ok(!objects(late).some(({ type }) => type === 'locked' || type === 'waiting'));
  });

  it('rolls back what fails and ends with an error that helps', async () => {
    scratch.migrate({ '004_bad': 'CREATE TABLE half (x);\nINSERT INTO nowhere VALUES (1);' });
    const { code, err } = await migrate();
    assert.equal(code, 1);
    assert.match(err, /004_bad\.sql:2:1: no such table: nowhere/);
    assert.deepEqual(scratch.rows("SELECT 1 FROM sqlite_schema WHERE name = 'half'"), []);
  });

  it('has the write lock before the first statement runs', async () => {
    scratch.migrate({ '004_slow': `SELECT count(*) FROM notes;\n${slowSelect()}` });
    const cli = new Cli(['migrate', '--json', ...named], { cwd: scratch.folder });
    await cli.says(/"stepStarted".*004_slow/);
    const other = new DatabaseSync(scratch.database);
    assert.throws(() => other.exec('BEGIN IMMEDIATE'), { errcode: 5 });
    other.close();
    cli.process.kill('SIGKILL');
    await cli.ended;
  });
});

/** The files in a folder that this process has open. */
function openIn(folder: string): string[] {
  return readdirSync('/proc/self/fd')
    .flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/self/fd/${fd}`)];
      } catch {
        return []; // the one that read the list
      }
    })
    .filter((path) => path.startsWith(folder));
}

/** Reads only, for seconds: a deferred transaction would hold no write lock meanwhile. */
function slowSelect(): string {
  return slowStatement().replace(/^INSERT INTO big /, '');
}
