import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Throttle } from '../../../src/lock/sentinelHold';

describe('Throttle', () => {
  it('calls at once, then once for all requests within the gap', async () => {
    let calls = 0;
    let now = 1_000;
    const throttle = new Throttle(
      20,
      () => calls++,
      () => now,
    );
    throttle.request();
    assert.equal(calls, 1);
    now += 5;
    throttle.request();
    throttle.request();
    assert.equal(calls, 1);
    while (calls < 2) {
      await sleep(1);
    }
    await sleep(30);
    assert.equal(calls, 2);
    now += 20;
    throttle.request();
    assert.equal(calls, 3);
  });

  it('waits for the gap after what was done otherwise', async () => {
    let calls = 0;
    const throttle = new Throttle(20, () => calls++);
    throttle.wasCalled();
    throttle.request();
    throttle.request();
    assert.equal(calls, 0);
    while (calls < 1) {
      await sleep(1);
    }
    await sleep(30);
    assert.equal(calls, 1);
  });

  it('does not call after it was cancelled', async () => {
    let calls = 0;
    const throttle = new Throttle(
      5,
      () => calls++,
      () => 0,
    );
    throttle.request();
    throttle.request();
    throttle.cancel();
    await sleep(20);
    assert.equal(calls, 1);
  });
});
