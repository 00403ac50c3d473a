import assert from 'node:assert/strict';
import { backoff } from '../../../../src/core/run/waitForLock';

function first(count: number, delays: Generator<number, never, void>): number[] {
  return Array.from({ length: count }, () => delays.next().value);
}

describe('backoff', () => {
  it('doubles from about 2 ms and is capped at 50 ms', () => {
    const longest = first(8, backoff({ random: () => 1 }));
    assert.deepEqual(longest, [2, 4, 8, 16, 32, 50, 50, 50]);
  });

  it('jitters over the upper half of each delay', () => {
    const shortest = first(7, backoff({ random: () => 0 }));
    assert.deepEqual(shortest, [1, 2, 4, 8, 16, 25, 25]);
  });

  it('takes another first delay and cap', () => {
    assert.deepEqual(
      first(3, backoff({ firstMs: 100, capMs: 300, random: () => 1 })),
      [100, 200, 300],
    );
  });

  it('differs from waiter to waiter', () => {
    assert.notDeepEqual(first(4, backoff()), first(4, backoff()));
  });
});
