import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CardWriter } from '../../../src/lock/sentinelHold';
import {
  fileSystemNow,
  StaleLockDetector,
  ProcessTable,
  HeartbeatMonitor,
} from '../../../src/lock/staleLockDetector';
import { lockPaths, readCard } from '../../../src/lock/holderCard';
import { claimRemoval } from '../../../src/lock/removeLock';
import { writeExclusive } from '../../../src/system/exclusiveFile';
import { processIdentity } from '../../../src/system/process';
import { LockFolder, someHolder } from '../../support/lockFixtures';

describe('writeExclusive', () => {
  const me = someHolder();
  let folder: LockFolder;
  let precious: string;
  beforeEach(() => {
    folder = new LockFolder();
    precious = join(folder.path, 'precious');
    writeFileSync(precious, 'precious');
  });
  afterEach(() => {
    assert.equal(readFileSync(precious, 'utf8'), 'precious');
    folder.remove();
  });

  it('writes, and takes the place of what a dead process left', () => {
    for (const text of ['long before', 'one', 'two']) {
      writeExclusive(folder.card, text);
      assert.equal(readFileSync(folder.card, 'utf8'), text);
    }
  });

  it('says why it cannot', () => {
    mkdirSync(folder.card);
    assert.throws(() => writeExclusive(folder.card, ''), { code: 'EEXIST' });
    assert.throws(() => writeExclusive(join(folder.path, 'none', 'x'), ''), { code: 'ENOENT' });
  });

  const paths = (): ReturnType<typeof lockPaths> => lockPaths(folder.database);
  const writers = {
    'a new card': () => {
      symlinkSync('precious', paths().page(me.token));
      const card = new CardWriter(paths(), me.token);
      assert.ok(card.publish('1-2', me, () => assert.fail()));
      assert.deepEqual(readCard(folder.card)?.holder, me);
      symlinkSync('precious', paths().page(me.token));
      card.update({ ...me, workspace: 'shop' });
      assert.deepEqual(readCard(folder.card)?.holder, { ...me, workspace: 'shop' });
    },
    'the right to remove a lock': () => {
      symlinkSync('precious', paths().claim(me.token));
      const detector = new StaleLockDetector(
        processIdentity(),
        new ProcessTable(),
        new HeartbeatMonitor(),
      );
      const claim = claimRemoval(paths(), me.token, me, detector, 60_000);
      assert.deepEqual(readCard(paths().marker(me.token, 0))?.holder, me);
      claim!.drop(true);
    },
    'a probe of the clock': () => {
      symlinkSync('precious', paths().claim(me.token));
      assert.ok(Math.abs(fileSystemNow(paths(), me.token) - Date.now()) < 60_000);
      assert.equal(existsSync(paths().claim(me.token)), false);
    },
  };
  for (const [what, write] of Object.entries(writers)) {
    it(`writes ${what} through no link`, function () {
      if (process.platform === 'win32') {
        this.skip();
      }
      write();
    });
  }
});
