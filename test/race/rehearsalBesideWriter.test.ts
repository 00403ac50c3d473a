import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Rehearsal } from '../../src/core/rehearsal/rehearsal';
import {
  defaultRehearsalLimits,
  type RehearsalRequest,
} from '../../src/migrator/rehearsal/rehearsalRequest';
import { Service } from '../../src/migrator/service';
import { Scratch } from '../support/scratch';

/**
 * An app that has the database open and answers each line it is told: `write` writes rows until
 * `stop`, which answers how many.
 */
const app = (path: string, mode: string): string => `
  const { DatabaseSync } = require('node:sqlite');
  const db = new DatabaseSync(${JSON.stringify(path)}, { timeout: 5000 });
  db.exec('PRAGMA journal_mode=${mode}; CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY, x)');
  let written = 0;
  let writing = false;
  const insert = db.prepare('INSERT INTO log (x) VALUES (hex(randomblob(200)))');
  const step = () => {
    if (!writing) return;
    for (let i = 0; i < 5; i++, written++) insert.run();
    setImmediate(step);
  };
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    if (line === 'write') { writing = true; step(); console.log('writing'); }
    if (line === 'stop') { writing = false; console.log('stopped ' + written); }
  });
  console.log('open');`;

class App {
  private readonly process: ChildProcess;
  private readonly lines: AsyncIterableIterator<string>;

  constructor(path: string, mode: string) {
    this.process = spawn(process.execPath, ['--no-warnings', '-e', app(path, mode)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.lines = createInterface({ input: this.process.stdout! })[Symbol.asyncIterator]();
  }

  async says(): Promise<string> {
    return (await this.lines.next()).value as string;
  }

  async tell(line: string): Promise<string> {
    this.process.stdin!.write(`${line}\n`);
    return await this.says();
  }

  async end(): Promise<void> {
    this.process.kill('SIGKILL');
    await new Promise((done) => this.process.once('close', done));
  }
}

describe('a rehearsal beside an app that has the database open', () => {
  let scratch: Scratch;
  let service: Service;

  before(() => (service = new Service({ threads: resolve('dist') })));
  after(() => service.dispose());
  beforeEach(() => {
    scratch = new Scratch().migrate({
      '001_a': 'CREATE TABLE a (x); INSERT INTO a SELECT id FROM log;',
      '002_b': 'ALTER TABLE log ADD COLUMN y; UPDATE log SET y = x;',
    });
  });
  afterEach(() => scratch.dispose());

  const preview = (change: Partial<RehearsalRequest> = {}): Promise<Rehearsal> =>
    service.preview({
      target: { database: scratch.database, folders: [scratch.migrations] },
      direction: 'up',
      goal: { kind: 'all' },
      transaction: 'grouped',
      engine: 'auto',
      trusted: true,
      limits: defaultRehearsalLimits,
      ...change,
    });
  // In this process nobody has the database open through fs and SQLite at once: the service's
  // threads are idle when this is called.
  const hash = (suffix: string): string =>
    createHash('sha256')
      .update(readFileSync(scratch.database + suffix))
      .digest('hex');

  it('recovers nothing that a crash has left, says that it cannot try, and keeps no run from it', async () => {
    const writer = new App(scratch.database, 'WAL');
    assert.equal(await writer.says(), 'open');
    await writer.tell('write');
    await writer.tell('stop');
    await writer.end();
    rmSync(`${scratch.database}-shm`);
    const [names, before] = [scratch.names(), ['', '-wal'].map(hash)];
    const { verdict, copy, error } = await preview();
    assert.deepEqual([verdict, copy.kind, copy.state], ['cannot', 'none', 'needsRecovery']);
    assert.equal(error?.code, 'rehearsal.cannot');
    assert.deepEqual([scratch.names(), ['', '-wal'].map(hash)], [names, before]);
    const rehearse = { mode: 'always', maxBytes: 1e8 } as const;
    const result = await service.run(scratch.request({ rehearse }), () => undefined);
    assert.equal(result.outcome, 'done', JSON.stringify(result));
  });

  for (const mode of ['WAL', 'DELETE']) {
    it(`changes no byte of an idle one, and sees what is in it (${mode})`, async () => {
      const writer = new App(scratch.database, mode);
      try {
        assert.equal(await writer.says(), 'open');
        await writer.tell('write');
        const rows = Number((await writer.tell('stop')).split(' ')[1]);
        const files = mode === 'WAL' ? ['', '-wal'] : [''];
        const [names, before] = [scratch.names(), files.map(hash)];
        const { verdict, steps } = await preview();
        assert.equal(verdict, 'works');
        assert.equal(steps[0].tables[0].rowsAfter, rows, 'rows in the -wal count');
        assert.deepEqual([scratch.names(), files.map(hash)], [names, before]);
      } finally {
        await writer.end();
      }
    });

    it(`loses nothing of a busy one (${mode})`, async () => {
      const writer = new App(scratch.database, mode);
      try {
        assert.equal(await writer.says(), 'open');
        await writer.tell('write');
        const verdicts = new Set<string>();
        for (let i = 0; i < 8; i++) {
          const { verdict, copy } = await preview({ detail: i % 2 ? 'run' : 'steps' });
          verdicts.add(`${verdict} ${copy.kind}`);
        }
        const rows = Number((await writer.tell('stop')).split(' ')[1]);
        assert.ok(rows > 0);
        const names = new Set(scratch.names());
        ['app.db', 'app.db-wal', 'app.db-shm', 'migrations'].forEach((name) => names.delete(name));
        assert.deepEqual([...names], []);
        assert.deepEqual(scratch.values('SELECT count(*) FROM log'), [rows]);
        assert.deepEqual(scratch.values('PRAGMA integrity_check'), ['ok']);
        // A rollback-mode database that changes all the time may be too busy to be copied.
        assert.ok(
          [...verdicts].every((v) => /^(works full|cannot none)$/.test(v)),
          [...verdicts].join(),
        );
        assert.ok(mode === 'DELETE' || verdicts.has('works full'), [...verdicts].join());
      } finally {
        await writer.end();
      }
    });
  }
});
