import assert from 'node:assert/strict';
import { limitedCall } from '../../../../src/migrator/service/threads';

describe('a limited call', () => {
  const never = new Promise<never>(() => undefined);

  it('lets work that nobody wants any more end by itself, for a while', async () => {
    const controller = new AbortController();
    let finish: (value: string) => void = () => undefined;
    const work = new Promise<string>((resolve) => (finish = resolve));
    const limits = { maxMs: 60_000, graceMs: 60_000, signal: controller.signal };
    const call = limitedCall(work, limits, () => assert.fail('ended'));
    controller.abort();
    finish('done');
    assert.equal(await call, 'done');
  });

  for (const graceMs of [undefined, 20]) {
    it(`ends what goes on, ${graceMs ? 'after that' : 'at once without it'}`, async () => {
      const controller = new AbortController();
      let ended = 0;
      const limits = { maxMs: 60_000, graceMs, signal: controller.signal };
      const call = limitedCall(never, limits, () => void ended++);
      controller.abort();
      await assert.rejects(call, { code: 'run.cancelled' });
      assert.equal(ended, 1);
    });
  }

  it('ends what takes too long', async () => {
    let ended = 0;
    const call = limitedCall(never, { maxMs: 10 }, () => void ended++);
    await assert.rejects(call, { code: 'rehearsal.cannot', params: { reason: 'time' } });
    assert.equal(ended, 1);
  });
});
