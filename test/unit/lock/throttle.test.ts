import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Throttle } from '../../../src/lock/throttle';

describe('Throttle', () => {
  it('calls at once, then once for all requests within the gap', async () => {
    const at: number[] = [];
    const throttle = new Throttle(50, () => at.push(performance.now()));
    throttle.request();
    assert.equal(at.length, 1);
    throttle.request();
    throttle.request();
    assert.equal(at.length, 1);
    while (at.length < 2) {
      await sleep(5);
    }
    // Timers may be early by a fraction of a millisecond.
    assert.ok(at[1] - at[0] >= 49);
    assert.equal(at.length, 2);
  });

  it('does not call after it was cancelled', async () => {
    let calls = 0;
    const throttle = new Throttle(5, () => calls++);
    throttle.request();
    throttle.request();
    throttle.cancel();
    await sleep(20);
    assert.equal(calls, 1);
  });
});
