import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { linkSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileUsers } from '../../src/sqlite/writer/fileUseWait';
import { processIdentity } from '../../src/system/process';
import { Claim, claimFiles } from '../../src/sqlite/writer/claim';
import { look } from '../../src/sqlite/native/nativeLook';
import { Cli, resultOf } from '../support/cliProcess';
import { OtherProgram } from '../support/otherProgram';
import { Scratch } from '../support/scratch';
import { removeFolder, temporaryFolder } from '../support/sqliteFiles';
import { wasmPath } from '../support/sqlJs';
import { until } from '../support/until';

/** The `node` on the path where it has no node:sqlite, as those have that need this writer. */
const nodeOfFallback = (() => {
  const probe = '!process.getBuiltinModule?.("node:sqlite")';
  const { stdout } = spawnSync('node', ['--no-warnings', '-p', probe], { encoding: 'utf8' });
  return stdout?.trim() === 'true' ? 'node' : process.execPath;
})();

describe('writers of one file without a sentinel', () => {
  let folder: string;
  let path: string;
  let started: ChildProcess[];
  beforeEach(() => {
    started = [];
    folder = temporaryFolder();
    path = join(folder, 'a.db');
  });
  afterEach(() => {
    started.forEach((child) => child.kill('SIGKILL'));
    removeFolder(folder);
  });

  function start(engine: 'native' | 'sqljs', count: number): Contender {
    const node = engine === 'native' ? process.execPath : nodeOfFallback;
    const program = join(__dirname, 'programs', 'migrateFile.js');
    const child = spawn(node, [program, path, wasmPath, engine, String(count)]);
    started.push(child);
    let errors = '';
    child.stderr.on('data', (data) => (errors += String(data)));
    const end = once(child, 'close').then(([code, signal]) => {
      assert.ok(code === 0 || signal === 'SIGKILL', errors);
      return signal === 'SIGKILL';
    });
    return { child, end };
  }

  /** Each migration ran once and all of it is there; nothing is left beside the file. */
  function check(count: number): void {
    const versions = Array.from({ length: count }, (_, i) => i + 1);
    const { state, value } = look(path, (connection) => ({
      history: connection.all('SELECT version FROM history ORDER BY 1').map((row) => row.version),
      done: connection.all('SELECT version FROM done ORDER BY 1').map((row) => row.version),
      tables: connection.get(`SELECT count(*) n FROM sqlite_schema WHERE name GLOB 't[0-9]*'`)!.n,
      integrity: connection.get('PRAGMA integrity_check')!.integrity_check,
    }));
    assert.equal(state, 'ok');
    assert.deepEqual(value, { history: versions, done: versions, tables: count, integrity: 'ok' });
    assert.deepEqual(readdirSync(folder), ['a.db']);
  }

  it('sql.js: each migration once', async () => {
    const contenders = Array.from({ length: 5 }, () => start('sqljs', 8));
    await Promise.all(contenders.map(({ end }) => end));
    check(8);
  });

  it('sql.js: each migration once, whoever is killed and when', async () => {
    const count = 12;
    const running = new Set<Contender>();
    const add = (): void => {
      const contender = start('sqljs', count);
      running.add(contender);
      void contender.end.finally(() => running.delete(contender));
    };
    for (let i = 0; i < 4; i++) {
      add();
    }
    let kills = 0;
    let holders = 0;
    while (running.size > 0 && kills < 10) {
      await delay(1 + 12 * Math.random());
      const pid = claimFiles(path).at(-1)?.owner?.pid;
      const holder = [...running].find(({ child }) => child.pid === pid);
      if (holder) {
        holders++;
        kills++;
        holder.child.kill('SIGKILL');
        await holder.end;
        add();
      }
    }
    await Promise.all([...running].map(({ end }) => end));
    assert.ok(holders > 0, 'it killed holders');
    await start('sqljs', count).end;
    check(count);
  });

  it('sql.js and node:sqlite: each migration once, no row lost', async () => {
    const engines = ['native', 'sqljs', 'native', 'sqljs', 'native', 'sqljs'] as const;
    await Promise.all(engines.map((engine) => start(engine, 12).end));
    check(12);
  });
});

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('a terminal with sql.js beside another program', () => {
  let scratch: Scratch;
  let other: OtherProgram;
  beforeEach(async () => {
    scratch = new Scratch().migrate({ '001_a': 'CREATE TABLE a (x);' });
    other = new OtherProgram(scratch.database);
    await other.sql('CREATE TABLE t (v); INSERT INTO t VALUES (1); SELECT 1');
  });
  afterEach(() => {
    other.end();
    scratch.dispose();
  });

  function terminal(): Cli {
    const args = ['--json', '--engine', 'sqljs'];
    return new Cli(['migrate', '-d', scratch.database, '-m', scratch.migrations, ...args], {
      node: nodeOfFallback,
    });
  }

  for (const [reason, sql] of [
    ['open', 'SELECT 1'],
    ['locked', 'BEGIN; SELECT * FROM t'],
  ] as const) {
    it(`is refused where that has the file ${reason}, and nothing of its is lost`, async () => {
      await other.sql(sql);
      const end = await terminal().ended;
      const { outcome, error } = resultOf(end);
      assert.equal(end.code, 4);
      assert.deepEqual(
        [outcome, error?.code, error?.params.reason, error?.params.pid],
        ['refused', 'writer.refused', reason, other.pid],
      );
      await other.sql(
        `${sql.startsWith('BEGIN') ? 'COMMIT; ' : ''}INSERT INTO t VALUES (2); SELECT 1`,
      );
      assert.deepEqual(await other.values('SELECT v FROM t'), [1, 2]);
      assert.deepEqual(scratch.values('SELECT v FROM t'), [1, 2]);
    });
  }

  it('waits for one that is soon done', async () => {
    await other.sql('BEGIN IMMEDIATE; INSERT INTO t VALUES (2); SELECT 1');
    const run = terminal();
    await run.says('"waiting"');
    await other.sql('COMMIT; SELECT 1');
    await other.close();
    assert.equal(resultOf(await run.ended).outcome, 'done');
    assert.deepEqual(scratch.values('SELECT v FROM t'), [1, 2]);
    assert.deepEqual(scratch.versions(), ['001']);
  });

  it('has the file for itself, since a run with node:sqlite closes it while it waits', async () => {
    await other.close();
    const claim = Claim.take(scratch.database, processIdentity())!;
    const run = new Cli(['migrate', '-d', scratch.database, '-m', scratch.migrations, '--json']);
    await run.says('"waiting","on":"database"');
    await until(() => fileUsers(scratch.database).length === 0);
    claim.release();
    assert.equal(resultOf(await run.ended).outcome, 'done');
  });

  it('is refused where the file has a second name, and none of both changes', async () => {
    await other.close();
    const second = join(scratch.folder, 'second.db');
    linkSync(scratch.database, second);
    const { outcome, error } = resultOf(await terminal().ended);
    assert.deepEqual([outcome, error?.params.reason], ['refused', 'hardLinks']);
    assert.equal(statSync(second).ino, statSync(scratch.database).ino);
  });
});

interface Contender {
  readonly child: ChildProcess;
  /** Whether it was killed. Rejects when it failed. */
  readonly end: Promise<boolean>;
}
