import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { claimFiles } from '../../src/sqlite/claimFiles';
import { look } from '../../src/sqlite/look';
import { removeFolder, temporaryFolder } from '../support/sqliteFiles';
import { wasmPath } from '../support/sqlJs';

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

  /** The `node` on the path where it has no node:sqlite, as those have that need this writer. */
  const nodeOfFallback = (() => {
    const probe = '!process.getBuiltinModule?.("node:sqlite")';
    const { stdout } = spawnSync('node', ['--no-warnings', '-p', probe], { encoding: 'utf8' });
    return stdout?.trim() === 'true' ? 'node' : process.execPath;
  })();

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

interface Contender {
  readonly child: ChildProcess;
  /** Whether it was killed. Rejects when it failed. */
  readonly end: Promise<boolean>;
}
