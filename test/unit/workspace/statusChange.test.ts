import assert from 'node:assert/strict';
import { nextStatus, sameMigrations } from '../../../src/workspace/projectState';
import { applied, pending, status } from '../../support/states';

describe('nextStatus', () => {
  const shown = status({ history: [applied('001_a')], pending: pending('002_b') });

  it('keeps what was known while the file is busy, but takes the lock', () => {
    const busy = status({ look: { state: 'busy' }, lock: { kind: 'stale' } });
    const next = nextStatus(shown, busy);
    assert.deepEqual(next.history, shown.history);
    assert.deepEqual(next.pending, shown.pending);
    assert.equal(next.lock.kind, 'stale');
    assert.equal(next.look.state, 'ok');
  });

  it('shows a busy file as busy when nothing was known', () => {
    assert.equal(nextStatus(undefined, status({ look: { state: 'busy' } })).look.state, 'busy');
  });

  it('takes every other look as it is', () => {
    const gone = status({ look: { state: 'missing' } });
    assert.equal(nextStatus(shown, gone), gone);
  });
});

describe('sameMigrations', () => {
  it('compares history and pending, nothing else', () => {
    const a = status({ history: [applied('001_a')], pending: pending('002_b') });
    assert.ok(sameMigrations(a, { ...a, lock: { kind: 'stale' } }));
    assert.ok(!sameMigrations(a, { ...a, pending: [] }));
    assert.ok(!sameMigrations(a, { ...a, history: [applied('001_a', { file: 'edited' })] }));
  });

  it('takes a look that saw neither for no change', () => {
    const a = status({ pending: pending('002_b') });
    for (const state of ['busy', 'needsRecovery', 'unreadable'] as const) {
      assert.ok(sameMigrations(a, status({ look: { state } })), state);
    }
    assert.ok(!sameMigrations(a, status({ look: { state: 'missing' } })));
  });
});
