import assert from 'node:assert/strict';
import { Coalescer } from '../../../src/workspace/timing';

/** A job whose turns the test ends by hand. */
class Mutex {
  readonly open: (() => void)[] = [];
  begun = 0;
  readonly run = (): Promise<void> => {
    this.begun++;
    return new Promise((resolve) => this.open.push(resolve));
  };
}

describe('Coalescer', () => {
  it('never lets two turns overlap and shares one further turn', async () => {
    const turns = new Mutex();
    const coalescer = new Coalescer(turns.run);
    const first = coalescer.request();
    const second = coalescer.request();
    const third = coalescer.request();
    assert.equal(turns.begun, 1);
    turns.open[0]();
    await first;
    await new Promise(setImmediate);
    assert.equal(turns.begun, 2, 'one more turn for both');
    turns.open[1]();
    await Promise.all([second, third]);
    assert.equal(turns.begun, 2);
  });

  it('answers a request only with a turn that began after it', async () => {
    const turns = new Mutex();
    const coalescer = new Coalescer(turns.run);
    let answered = false;
    void coalescer.request();
    const late = coalescer.request().then(() => (answered = true));
    turns.open[0]();
    await new Promise(setImmediate);
    assert.equal(answered, false);
    turns.open[1]();
    await late;
  });

  it('runs again for a request after the last turn', async () => {
    let turns = 0;
    const coalescer = new Coalescer(() => Promise.resolve(void turns++));
    await coalescer.request();
    await coalescer.request();
    assert.equal(turns, 2);
  });
});
