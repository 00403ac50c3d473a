import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import type { Rehearsal } from '../../src/core/rehearsal/rehearsal';
import type { RehearsalRequest } from '../../src/migrator/protocol';
import { Scratch } from '../support/scratch';
import { AppWriter } from './support/appWriter';
import { useService } from '../support/service';

describe('a rehearsal beside an app that has the database open', () => {
  let scratch: Scratch;
  const service = useService();
  beforeEach(() => {
    scratch = new Scratch().migrate({
      '001_a': 'CREATE TABLE a (x); INSERT INTO a SELECT id FROM log;',
      '002_b': 'ALTER TABLE log ADD COLUMN y; UPDATE log SET y = x;',
    });
  });
  afterEach(() => scratch.dispose());

  const preview = (change: Partial<RehearsalRequest> = {}): Promise<Rehearsal> =>
    service.preview(scratch.rehearsal(change));
  // In this process nobody has the database open through fs and SQLite at once: the service's
  // threads are idle when this is called.
  const hash = (suffix: string): string =>
    createHash('sha256')
      .update(readFileSync(scratch.database + suffix))
      .digest('hex');

  it('recovers nothing that a crash has left, says that it cannot try, and keeps no run from it', async () => {
    const writer = new AppWriter(scratch.database, 'WAL');
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
    const result = await service.run(scratch.request({ rehearse }));
    assert.equal(result.outcome, 'done', JSON.stringify(result));
  });

  const cases = [
    { mode: 'WAL', megabytes: 0 },
    { mode: 'WAL', megabytes: 50 },
    { mode: 'DELETE', megabytes: 0 },
  ];
  for (const { mode, megabytes } of cases) {
    const what = `${mode}, ${megabytes} MB`;

    it(`changes no byte of an idle one, and sees what is in it (${what})`, async () => {
      const writer = new AppWriter(scratch.database, mode, megabytes);
      try {
        assert.equal(await writer.says(), 'open');
        await writer.tell('write');
        const rows = Number((await writer.tell('stop')).split(' ')[1]);
        const files = mode === 'WAL' ? ['', '-wal'] : [''];
        const [names, before] = [scratch.names(), files.map(hash)];
        const { verdict, steps, copy } = await preview();
        assert.deepEqual([verdict, copy.kind], ['works', 'full']);
        assert.ok((copy.sizeBytes ?? 0) >= megabytes * 1e6);
        assert.equal(steps[0].tables[0].rowsAfter, rows, 'rows in the -wal count');
        assert.deepEqual([scratch.names(), files.map(hash)], [names, before]);
        assert.equal(mode === 'WAL', names.includes('app.db-wal'), 'there is one to be left alone');
      } finally {
        await writer.end();
      }
    });

    it(`loses nothing of a busy one (${what})`, async () => {
      const writer = new AppWriter(scratch.database, mode, megabytes);
      try {
        assert.equal(await writer.says(), 'open');
        await writer.tell('write');
        const verdicts = new Set<string>();
        for (let i = 0; i < (megabytes ? 4 : 8); i++) {
          const { verdict, copy } = await preview({ detail: i % 2 ? 'run' : 'steps' });
          verdicts.add(`${verdict} ${copy.kind}`);
        }
        const rows = Number((await writer.tell('stop')).split(' ')[1]);
        assert.ok(rows > 0);
        const names = new Set(scratch.names());
        ['app.db', 'app.db-wal', 'app.db-shm', 'migrations'].forEach((name) => names.delete(name));
        assert.deepEqual([...names], []);
        // Each row has the next id, so that none is missing and none is there twice.
        const [counts] = scratch.rows('SELECT count(*) n, max(id) last FROM log');
        assert.deepEqual([counts.n, counts.last], [rows, rows]);
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
