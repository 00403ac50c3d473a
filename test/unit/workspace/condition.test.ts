import assert from 'node:assert/strict';
import { condition, type ProjectState, urgency } from '../../../src/workspace/projectState';
import { applied, holder, migration, pending, result, state, status } from '../../support/states';

const kind = (change: Partial<ProjectState>): string => condition(state(change)).kind;
const mark = {
  migration: migration('003_vacuum'),
  direction: 'up',
  statement: 2,
  statements: 3,
  since: '2026-01-01T00:00:00.000Z',
} as const;

describe('condition', () => {
  it('tells looking, up to date and pending apart', () => {
    assert.equal(kind({}), 'looking');
    assert.equal(kind({ status: status() }), 'upToDate');
    const busy = status({ look: { state: 'busy' } });
    assert.equal(kind({ status: busy }), 'looking', 'nobody has seen what is pending');
    assert.equal(kind({ status: busy, lock: { kind: 'stale' } }), 'stale');
    const one = condition(state({ status: status({ pending: pending('001_a', '002_b') }) }));
    assert.deepEqual(one, { kind: 'pending', count: 2 });
  });

  it('says that the database is ahead, after what is pending', () => {
    const history = [applied('003_c', { file: 'missing' }), applied('001_a')];
    const ahead = { count: 1, of: 'branch' };
    assert.deepEqual(condition(state({ status: status({ history }) })), { kind: 'ahead', ahead });
    const both = state({ status: status({ history, pending: pending('002_b') }) });
    assert.deepEqual(condition(both), { kind: 'pending', count: 1, ahead });
    const nowhere = { ...both, missingFiles: { repository: false, files: [] } };
    assert.deepEqual(condition(nowhere), {
      kind: 'pending',
      count: 1,
      ahead: { count: 1, of: 'folder' },
    });
    assert.equal(
      kind({ status: status({ history: [applied('1', { file: 'edited' })] }) }),
      'upToDate',
    );
  });

  it('says what this window does before what others do', () => {
    const run = { direction: 'up', startedAt: 0 } as const;
    const lock = { kind: 'held', holder: holder(), mine: false } as const;
    assert.equal(kind({ run, lock }), 'running');
    const waiting = {
      type: 'waiting',
      on: 'sentinel',
      attempt: 1,
      waitedMs: 0,
      delayMs: 2,
      level: 'debug',
      since: 0,
    } as const;
    assert.equal(kind({ run: { ...run, waiting }, lock }), 'waiting');
    assert.equal(kind({ lock, status: status({ pending: pending('001_a') }) }), 'locked');
  });

  it('shows a failure until it is cleared, but not a cancelled run', () => {
    const failed = (outcome: 'failed' | 'refused' | 'timeout' | 'cancelled' | 'done'): string =>
      kind({ status: status(), lastResult: result({ outcome }) });
    assert.equal(failed('failed'), 'failed');
    assert.equal(failed('refused'), 'failed');
    assert.equal(failed('timeout'), 'failed');
    assert.equal(failed('cancelled'), 'upToDate');
    assert.equal(failed('done'), 'upToDate');
  });

  it('asks for a decision only when the interrupted process is gone', () => {
    assert.equal(kind({ status: status({ mark: { ...mark, orphaned: true } }) }), 'interrupted');
    assert.equal(kind({ status: status({ mark: { ...mark, orphaned: false } }) }), 'upToDate');
  });

  it('never says up to date of what it could not read', () => {
    const error = { code: 'database.notADatabase', params: { path: '/x' } } as const;
    assert.equal(kind({ status: status({ error }) }), 'unreadable');
    assert.equal(kind({ status: status(), error }), 'unreadable');
    assert.equal(kind({ status: status({ look: { state: 'needsRecovery' } }) }), 'needsRecovery');
    assert.equal(kind({ status: status(), lock: { kind: 'stale' } }), 'stale');
  });

  it('puts what needs somebody first', () => {
    const busy = condition(state({ status: status({ pending: pending('001_a') }) }));
    const fine = condition(state({ status: status() }));
    assert.ok(urgency(busy) < urgency(fine));
  });
});
