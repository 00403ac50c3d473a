import assert from 'node:assert/strict';
import { utimesSync } from 'node:fs';
import type { RunEvent } from '../../../../src/core/run/runEvents';
import type { RunRequest } from '../../../../src/core/run/runRequest';
import { defaultRehearsalLimits } from '../../../../src/migrator/protocol';
import type { Rehearser } from '../../../../src/migrator/service/rehearser';
import { useScratch } from '../../../support/scratch';
import { useService } from '../../../support/service';

describe('a run that rehearses first', () => {
  const scratch = useScratch();
  const service = useService();
  let events: RunEvent[];
  beforeEach(() => (events = []));

  const auto = { mode: 'auto', maxBytes: 1e6 } as const;
  /** Has more time than the second of `auto`, which a busy machine may need to begin with. */
  const always = { rehearse: { ...auto, mode: 'always' } } as const;
  const run = (change: Partial<RunRequest> = {}, signal?: AbortSignal) =>
    service.run(scratch.request({ rehearse: auto, ...change }), {
      onEvents: (batch) => events.push(...batch),
      signal,
    });
  const kinds = (): string[] => events.map(({ type }) => type);

  const thirdFails = {
    '001_a': 'CREATE TABLE a (x);',
    '002_b': 'CREATE TABLE b (x);',
    '003_c': 'CREATE TABLE c (x);\nINSERT INTO d VALUES (1);',
    '004_d': 'CREATE TABLE d (x);',
    '005_e': 'CREATE TABLE e (x);',
  };

  it('applies none of five when the third would fail, and says how far it works', async () => {
    scratch.exec('CREATE TABLE own (x)');
    scratch.migrate(thirdFails);
    const result = await run(always);
    assert.equal(result.outcome, 'failed');
    assert.deepEqual([result.rehearsed, result.applies, result.applied], [true, '002_b', []]);
    assert.equal(result.error?.code, 'sql.failed');
    assert.equal(result.error.place?.line, 2);
    assert.equal(result.remaining.length, 5);
    assert.deepEqual(scratch.names(), ['app.db', 'migrations']);
    assert.deepEqual(scratch.values('SELECT name FROM sqlite_schema'), ['own']);
    const upTo = await run({ goal: { kind: 'to', id: result.applies! } });
    assert.equal(upTo.outcome, 'done');
    assert.deepEqual(scratch.versions(), ['001', '002']);
  });

  it('does so with several without being asked, where it can be done in a second', async () => {
    let rehearsed: boolean | undefined;
    while (!rehearsed) {
      scratch.dispose();
      scratch.migrate(thirdFails);
      ({ rehearsed } = await run()); // on a busy machine the second is over now and then
    }
    assert.deepEqual(scratch.names(), ['migrations']);
  });

  it('creates no database when the first migrations of it would fail', async () => {
    scratch.migrate(thirdFails);
    assert.equal((await run(always)).outcome, 'failed');
    assert.deepEqual(scratch.names(), ['migrations']);
  });

  it('has the sentinel meanwhile, and gives it back', async () => {
    scratch.migrate(thirdFails);
    await run(always);
    assert.deepEqual(kinds(), ['locked', 'rehearsed']);
    assert.equal((await service.lock(scratch.request().target)).kind, 'free');
  });

  it('runs what works, and tells what it deletes before it does', async () => {
    scratch.exec('CREATE TABLE own (x); INSERT INTO own VALUES (1), (2), (3);');
    scratch.migrate({ '001_a': 'DELETE FROM own WHERE x > 1;', '002_b': 'DROP TABLE own;' });
    const result = await run(always);
    assert.equal(result.outcome, 'done', JSON.stringify(result));
    const [rehearsed] = events.flatMap((e) => (e.type === 'rehearsed' ? [e.rehearsal] : []));
    assert.equal(rehearsed.verdict, 'works');
    assert.deepEqual(rehearsed.losses, { rows: 3, columns: [], tables: ['own'] });
    assert.ok(kinds().indexOf('rehearsed') < kinds().indexOf('stepStarted'));
  });

  it('lets a run go on that cannot be rehearsed', async () => {
    scratch.migrate({
      '001_a': 'CREATE TABLE a (x);',
      '002_b': `VACUUM INTO '${scratch.folder}/b.db';`,
      '003_c': 'CREATE TABLE c (x);',
    });
    const result = await run(always);
    assert.equal(result.outcome, 'done', JSON.stringify(result));
    const [rehearsed] = events.flatMap((e) => (e.type === 'rehearsed' ? [e.rehearsal] : []));
    assert.equal(rehearsed.verdict, 'cannot');
    assert.equal(rehearsed.cannot?.reason, 'file');
    assert.deepEqual(scratch.versions(), ['001', '002', '003']);
  });

  it('does not rehearse what undoes itself, unless that is asked for', async () => {
    scratch.migrate({ '001_a': 'INSERT INTO nowhere VALUES (1);' });
    const alone = await run();
    assert.deepEqual([alone.outcome, alone.rehearsed], ['failed', undefined]);
    const all = await run({ transaction: 'all' });
    assert.deepEqual([all.outcome, all.rehearsed], ['failed', undefined]);
    const asked = await run(always);
    assert.deepEqual([asked.outcome, asked.rehearsed], ['failed', true]);
    const never = await run({ rehearse: { ...auto, mode: 'never' } });
    assert.deepEqual([never.outcome, never.rehearsed], ['failed', undefined]);
  });

  it('can be cancelled while it rehearses', async () => {
    const forever =
      'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t;';
    scratch.migrate({ '001_a': forever, '002_b': 'SELECT 1' });
    const controller = new AbortController();
    const pending = run(always, controller.signal);
    setTimeout(() => controller.abort(), 300);
    const result = await pending;
    assert.equal(result.outcome, 'cancelled', JSON.stringify(result));
    assert.deepEqual(result.applied, []);
    assert.deepEqual(scratch.names(), ['migrations']);
  });

  it('takes no word of another engine for a failure: the one that runs it has to agree', async () => {
    scratch.migrate({
      '001_a': 'CREATE TABLE a AS SELECT count(*) c FROM dbstat;',
      '002_b': 'INSERT INTO a SELECT count(*) FROM dbstat;',
      '003_c': 'CREATE TABLE c (x);',
    });
    const result = await run(always);
    assert.equal(result.outcome, 'done', JSON.stringify(result));
    const [rehearsed] = events.flatMap((e) => (e.type === 'rehearsed' ? [e.rehearsal] : []));
    assert.equal(rehearsed.verdict, 'works');
    assert.deepEqual(scratch.versions(), ['001', '002', '003']);
  });

  it('finds what fails behind something that only the engine that runs it has', async () => {
    scratch.migrate({
      '001_a': 'CREATE TABLE a AS SELECT count(*) c FROM dbstat;',
      '002_b': 'CREATE TABLE b (x);',
      '003_c': 'INSERT INTO a (nothing) VALUES (1);',
    });
    const result = await run(always);
    assert.deepEqual([result.outcome, result.rehearsed, result.applies], ['failed', true, '002_b']);
    assert.deepEqual(scratch.names(), ['migrations']);
  });

  it('rehearses a roll-back as well', async () => {
    scratch
      .migrate({ '001_a': 'CREATE TABLE a (x);', '002_b': 'CREATE TABLE b (x);' })
      .migrate({ '001_a.down': 'DROP TABLE nowhere;', '002_b.down': 'DROP TABLE b;' });
    assert.equal((await run()).outcome, 'done');
    const result = await run({ ...always, direction: 'down', goal: { kind: 'all' } });
    assert.deepEqual([result.outcome, result.applies], ['failed', '002_b'], JSON.stringify(result));
    assert.deepEqual(scratch.versions(), ['001', '002']);
  });

  describe('where something is lost', () => {
    const none = { rows: 0, columns: [], tables: [] };
    const twoRows = { rows: 2, columns: [], tables: [] };
    const both = { rows: 2, columns: ['own.y'], tables: [] };

    beforeEach(() => {
      scratch.exec('CREATE TABLE own (x, y); INSERT INTO own (x) VALUES (1), (2), (3);');
      scratch.migrate({ '001_a': 'DELETE FROM own WHERE x > 1; ALTER TABLE own DROP COLUMN y;' });
    });

    const rehearsed = () =>
      events.flatMap((e) => (e.type === 'rehearsed' ? [e.rehearsal.losses] : []));

    it('asks before it runs, also a single migration that would undo itself', async () => {
      const before = scratch.names();
      const result = await run({ agreed: none });
      assert.deepEqual([result.outcome, result.error], ['unconfirmed', undefined]);
      assert.deepEqual([result.losses, result.rehearsed, result.applied], [both, true, []]);
      assert.deepEqual(scratch.values('SELECT count(*) FROM own'), [3]);
      assert.deepEqual(scratch.names(), before);
      assert.equal((await service.lock(scratch.request().target)).kind, 'free');
    });

    it('asks as long as more is lost than was agreed to, and then no more', async () => {
      assert.equal((await run({ agreed: twoRows })).outcome, 'unconfirmed');
      assert.equal((await run({ agreed: { ...both, rows: 1 } })).outcome, 'unconfirmed');
      assert.equal((await run({ agreed: { ...both, rows: 900 } })).outcome, 'done');
      assert.deepEqual(scratch.values('SELECT x FROM own'), [1]);
    });

    it('asks about what is there now, not about what was agreed to before', async () => {
      assert.deepEqual((await run({ agreed: none })).losses, both);
      scratch.exec('INSERT INTO own (x) VALUES (4)');
      assert.deepEqual((await run({ agreed: both })).losses, { ...both, rows: 3 });
      scratch.migrate({ '002_b': 'DROP TABLE own' });
      const more = await run({ agreed: { ...both, rows: 3 } });
      assert.deepEqual(more.losses?.tables, ['own']);
    });

    it('takes its time to find out about what may delete, where a person can be asked', async () => {
      const { rehearser } = service as unknown as { rehearser: Rehearser };
      const original = rehearser.rehearse.bind(rehearser);
      const limits: number[] = [];
      rehearser.rehearse = (request, ...others) => {
        limits.push(request.limits.maxMs);
        return original(request, ...others);
      };
      try {
        await run({ agreed: none });
        scratch.migrate({ '001_a': 'CREATE TABLE a (x);', '002_b': 'CREATE TABLE b (x);' });
        await run({ agreed: none, goal: { kind: 'steps', steps: 1 } });
        scratch.migrate({ '003_c': 'DROP TABLE a;' });
        await run();
      } finally {
        rehearser.rehearse = original;
      }
      assert.deepEqual(limits, [defaultRehearsalLimits.maxMs, 1000, 1000]);
    });

    it('asks about rows that cannot be counted, since only the schema is tried', async () => {
      const schemaOnly = { ...auto, maxBytes: 0 };
      scratch.migrate({
        '001_a': 'DELETE FROM own WHERE x > 1;',
        '002_b': 'CREATE TABLE fresh (x REFERENCES own ON DELETE CASCADE); DELETE FROM fresh;',
      });
      const result = await run({ agreed: none, rehearse: schemaOnly });
      assert.equal(result.outcome, 'unconfirmed');
      assert.deepEqual(result.losses, { ...none, uncounted: ['own'] });
      assert.deepEqual(scratch.values('SELECT count(*) FROM own'), [3]);
      const agreed = result.losses;
      assert.equal((await run({ agreed, rehearse: schemaOnly })).outcome, 'done');
      assert.deepEqual(scratch.values('SELECT count(*) FROM own'), [1]);
    });

    it('asks nothing where nobody can be asked, or nothing is to be rehearsed', async () => {
      const never = { ...auto, mode: 'never' } as const;
      assert.equal((await run({ agreed: none, rehearse: never })).outcome, 'done');
      assert.deepEqual(kinds().includes('rehearsed'), false);
      scratch.migrate({ '002_b': 'DELETE FROM own', '003_c': 'DROP TABLE own' });
      assert.equal((await run()).outcome, 'done');
    });

    it('says that it would fail rather than what it would delete', async () => {
      scratch.migrate({ '002_b': 'DROP TABLE nowhere' });
      const result = await run({ agreed: none });
      assert.deepEqual([result.outcome, result.losses], ['failed', undefined]);
    });

    it('does not try again what was tried just before', async () => {
      const { target, direction, goal, engine, transaction } = scratch.request();
      const limits = { maxBytes: auto.maxBytes, maxMs: 5000 };
      const request = { target, direction, goal, engine, transaction, limits, trusted: true };
      // Of what was written a moment ago nobody can tell whether it is still the same.
      const then = Date.now() / 1000 - 60;
      utimesSync(target.database, then, then);
      const { losses } = await service.preview(request);
      await run({ agreed: none });
      await run({ agreed: none });
      assert.deepEqual(
        rehearsed().map((each) => each === losses),
        [true, true],
        'the very same object',
      );
      scratch.exec('INSERT INTO own (x) VALUES (0)');
      await run({ agreed: none });
      assert.notEqual(rehearsed()[2], losses, 'the data has changed');
      await service.preview(request);
      scratch.migrate({ '001_a': 'DELETE FROM own WHERE x > 1; -- mended' });
      await run({ agreed: none });
      assert.deepEqual(rehearsed()[3], twoRows, 'the file has changed');
    });
  });
});
