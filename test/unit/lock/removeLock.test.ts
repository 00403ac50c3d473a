import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import {
  StaleLockDetector,
  ProcessTable,
  readLock,
  HeartbeatMonitor,
} from '../../../src/lock/staleLockDetector';
import { lockPaths } from '../../../src/lock/holderCard';
import { processIdentity } from '../../../src/system/process';
import { removeLock, type LockContext } from '../../../src/lock/removeLock';
import { LockFolder, deadPid, someHolder } from '../../support/lockFixtures';

describe('removeLock', () => {
  let folder: LockFolder;
  beforeEach(() => (folder = new LockFolder()));
  afterEach(() => folder.remove());

  function context(): LockContext {
    const detector = new StaleLockDetector(
      processIdentity(),
      new ProcessTable(),
      new HeartbeatMonitor(),
    );
    return { paths: lockPaths(folder.database), me: someHolder(), detector, staleMs: 60_000 };
  }

  const see = (): ReturnType<typeof readLock> =>
    readLock(lockPaths(folder.database), processIdentity().machine);

  it('keeps a second cleaner out while the first is between its look and the removal', () => {
    folder.leave({ pid: deadPid() });
    const snapshot = see();
    let second: boolean | undefined;
    const first = removeLock(context(), snapshot, () => {
      second = removeLock(context(), snapshot, () => true);
      return true;
    });
    assert.deepEqual({ first, second }, { first: true, second: false });
    assert.deepEqual(readdirSync(folder.path), []);
  });

  it('does not remove the lock of whoever came after the one it was to remove', () => {
    folder.leave({ pid: deadPid() });
    const snapshot = see();
    assert.ok(removeLock(context(), snapshot, () => true));
    const successor = folder.leave();
    assert.equal(
      removeLock(context(), snapshot, () => true),
      false,
    );
    assert.deepEqual(see().card?.holder, successor);
    assert.deepEqual(readdirSync(folder.path), ['app.db.lock', 'app.db.lock.json']);
  });

  it('asks again under the marker, and lets go of it when nothing is due any more', () => {
    folder.leave();
    assert.equal(
      removeLock(context(), see(), () => false),
      false,
    );
    assert.deepEqual(readdirSync(folder.path), ['app.db.lock', 'app.db.lock.json']);
  });
});
