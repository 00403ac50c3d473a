import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Debouncer } from '../../../src/workspace/timing';

describe('Debouncer', () => {
  let calls: number[];
  let debouncer: Debouncer;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    calls = [];
    debouncer = new Debouncer(() => calls.push(Date.now()), 100, 250);
  });
  afterEach(() => mock.timers.reset());

  /** Millisecond by millisecond: one long tick would show all callbacks its own end as the time. */
  function advance(ms: number): void {
    for (let passed = 0; passed < ms; passed++) {
      mock.timers.tick(1);
    }
  }

  /** Requests at these moments, in milliseconds. */
  function request(...moments: readonly number[]): void {
    for (const moment of moments) {
      advance(moment - Date.now());
      debouncer.request();
    }
  }

  it('calls back once, when no request has come for a while', () => {
    request(0, 50, 120);
    advance(1000);
    assert.deepEqual(calls, [220]);
  });

  it('calls back at the latest at its maximum, also when no request comes then', () => {
    request(0, 90, 180, 240);
    assert.deepEqual(calls, []);
    advance(1000);
    assert.deepEqual(calls, [250], 'and not once more');
  });

  it('never calls back from within a request', () => {
    request(0, 90, 180, 240);
    mock.timers.setTime(300);
    const before = calls.length;
    debouncer.request();
    assert.equal(calls.length, before);
  });

  it('forgets what was requested, and counts anew after that', () => {
    request(0, 90);
    debouncer.dispose();
    advance(1000);
    assert.deepEqual(calls, []);
    request(1100);
    advance(99);
    assert.deepEqual(calls, []);
    advance(1);
    assert.deepEqual(calls, [1200]);
  });
});
