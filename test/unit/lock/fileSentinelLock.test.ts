import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileSentinelLock } from '../../../src/lock/fileSentinelLock';

describe('FileSentinelLock', () => {
  let folder: string;
  let database: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lockstep-lock-'));
    database = join(folder, 'app.db');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is taken once and given back without a trace', async () => {
    const lock = new FileSentinelLock();
    const first = await lock.tryAcquire(database, { kind: 'terminal', version: '1' });
    assert.ok(first.held);
    assert.deepEqual(readdirSync(folder).sort(), ['app.db.lock', 'app.db.lock.json']);
    const second = await lock.tryAcquire(database, { kind: 'terminal', version: '1' });
    assert.equal(second.held, undefined);
    assert.equal(second.holder?.token, first.held.holder.token);
    assert.deepEqual(await lock.inspect(database), {
      kind: 'held',
      holder: first.held.holder,
      mine: true,
    });
    await first.held.release();
    assert.deepEqual(readdirSync(folder), []);
  });
});
