import assert from 'node:assert/strict';
import type { Wish } from './scenario';
import { Torture } from './torture';

// The short form of `npm run torture`: a few rounds with one of everything that has ever been found.
describe('torture', function () {
  this.timeout(300_000);
  const seed = 1;
  let torture: Torture;
  before(() => (torture = new Torture(seed, !!process.env.LOCKSTEP_VERBOSE)));
  after(() => torture.dispose());

  const rounds: Record<string, Wish> = {
    'a rollback journal, a stalled holder that is robbed': {
      engine: 'native',
      obstacle: 'none',
      journal: 'delete',
      blows: ['usurp', 'usurp'],
      foreigner: { kind: 'writer' },
    },
    'several at work at once, one transaction each': {
      engine: 'native',
      obstacle: 'none',
      journal: 'delete',
      transaction: 'each',
      together: true,
      blows: ['leave:none', 'leave:none', 'leave:none', 'leave:none'],
    },
    'a write-ahead log, a kill at a commit': {
      engine: 'native',
      obstacle: 'none',
      journal: 'wal',
      blows: ['killAtCommit'],
      foreigner: { kind: 'writer' },
    },
    'sql.js, a takeover': { engine: 'sqljs', obstacle: 'none', blows: ['guard'] },
    'a full disk': { engine: 'native', obstacle: 'fileLimit', journal: 'delete' },
    'several at work at once on a write-ahead log': {
      engine: 'native',
      obstacle: 'none',
      journal: 'wal',
      transaction: 'each',
      together: true,
      blows: ['leave:none', 'leave:none', 'leave:none', 'leave:none'],
    },
  };

  Object.entries(rounds).forEach(([what, wish], index) => {
    it(`finds each migration once after ${what}`, async () => {
      assert.equal(await torture.run(index + 1, 'short', wish), undefined);
    });
  });
});
