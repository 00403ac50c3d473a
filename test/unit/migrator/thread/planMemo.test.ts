import assert from 'node:assert/strict';
import { plain } from '../../../../src/core/formats/plain';
import { type PlanRequest, planRun } from '../../../../src/core/plan/plan';
import { PlanMemo } from '../../../../src/migrator/thread/threadContext';

describe('PlanMemo', () => {
  const migrations = plain.parse(
    ['1_a', '2_b', '3_c'].flatMap((id) => [
      { path: `/m/${id}.sql`, text: `create table t${id}(x);` },
      { path: `/m/${id}.down.sql`, text: `drop table t${id};` },
    ]),
  );
  const asked: PlanRequest = {
    format: plain,
    migrations,
    applied: ['1'],
    log: new Map(),
    direction: 'up',
    goal: { kind: 'all' },
  };

  it('gives the same plan again while nothing has changed, for each database', () => {
    const memo = new PlanMemo();
    const plan = memo.plan('/a.db', asked);
    assert.deepEqual(plan, planRun(asked));
    const other = { ...asked, applied: ['1', '2'] };
    assert.deepEqual(memo.plan('/b.db', other), planRun(other));
    assert.equal(memo.plan('/a.db', { ...asked, applied: ['1'] }), plan);
  });

  const changes: Record<string, Partial<PlanRequest>> = {
    'another is applied': { applied: ['1', '2'] },
    'one is applied instead of another': { applied: ['2'] },
    'nothing is applied any more': { applied: [] },
    'the folder was read anew': { migrations: migrations.slice(0, 2) },
    'the log was read anew': { log: new Map() },
    'the other direction is asked for': { direction: 'down' },
    'another goal is asked for': { goal: { kind: 'steps', steps: 1 } },
    'other versions are meant': { intended: ['2'] },
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`plans anew when ${what}`, () => {
      const memo = new PlanMemo();
      const before = memo.plan('/a.db', asked);
      const now = { ...asked, ...change };
      const plan = memo.plan('/a.db', now);
      assert.notEqual(plan, before);
      assert.deepEqual(plan, planRun(now));
    });
  }
});
