import assert from 'node:assert/strict';
import { HeartbeatMonitor } from '../../../src/lock/staleLockDetector';

describe('SilenceWatch', () => {
  let now: number;
  let watch: HeartbeatMonitor;
  beforeEach(() => {
    now = 1_000;
    watch = new HeartbeatMonitor(() => now);
  });
  const never = (): number => assert.fail('asked again for the age of a known sign');

  it('counts from the first look', () => {
    assert.equal(
      watch.silentMs('a', 'x', () => 0),
      0,
    );
    now += 70;
    assert.equal(watch.silentMs('a', 'x', never), 70);
  });

  it('starts anew with each sign of life', () => {
    watch.silentMs('a', 'x', () => 0);
    now += 70;
    assert.equal(
      watch.silentMs('a', 'y', () => 0),
      0,
    );
    now += 5;
    assert.equal(watch.silentMs('a', 'y', never), 5);
  });

  it('adds what was before the first look', () => {
    assert.equal(
      watch.silentMs('a', 'x', () => 500),
      500,
    );
    now += 70;
    assert.equal(watch.silentMs('a', 'x', never), 570);
  });

  it('counts from the first look when the sign is dated in the future', () => {
    assert.equal(
      watch.silentMs('a', 'x', () => -1e9),
      0,
    );
    now += 70;
    assert.equal(watch.silentMs('a', 'x', never), 70);
  });

  it('keeps one thing apart from another', () => {
    watch.silentMs('a', 'x', () => 0);
    now += 70;
    assert.equal(
      watch.silentMs('b', 'x', () => 0),
      0,
    );
  });
});
