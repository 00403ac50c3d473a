import assert from 'node:assert/strict';
import type { RunEvent } from '../../../src/core/run/runEvents';
import { startedRun, withEvent } from '../../../src/workspace/projectState';
import { migration } from '../../support/states';

const waiting = (waitedMs: number): RunEvent => ({
  type: 'waiting',
  on: 'sentinel',
  attempt: 1,
  waitedMs,
  delayMs: 2,
  level: 'debug',
});

describe('withEvent', () => {
  it('counts a wait from when it began, across its events', () => {
    const first = withEvent(startedRun('up', 1000), waiting(500), 5000);
    assert.equal(first.waiting?.since, 4500);
    assert.equal(withEvent(first, waiting(900), 9999).waiting?.since, 4500);
  });

  it('ends the wait when the lock is there', () => {
    const run = withEvent(startedRun('up', 0), waiting(5), 5);
    assert.equal(withEvent(run, { type: 'locked', waitedMs: 7 }, 7).waiting, undefined);
  });

  it('knows the step, and keeps it during a wait between steps', () => {
    const started: RunEvent = {
      type: 'stepStarted',
      direction: 'up',
      migration: migration('002_b'),
      step: 2,
      steps: 3,
    };
    const run = withEvent(withEvent(startedRun('up', 0), started, 1), waiting(0), 2);
    assert.equal(run.step, 2);
    assert.equal(run.steps, 3);
    assert.equal(run.migration?.id, '002_b');
    assert.ok(run.waiting);
  });
});
