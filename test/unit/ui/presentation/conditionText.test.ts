import assert from 'node:assert/strict';
import { plainTranslate } from '../../../../src/messages/text';
import { conditionText } from '../../../../src/ui/presentation/conditionText';
import { escapeIconsAndLinks } from '../../../../src/ui/presentation/text';
import { condition, type ProjectState } from '../../../../src/workspace/projectState';
import {
  applied,
  holder,
  migration,
  pending,
  result,
  state,
  status,
} from '../../../support/states';

const text = (change: Partial<ProjectState>, now?: number): string =>
  conditionText(condition(state(change)), plainTranslate, now).text;

describe('conditionText', () => {
  const run = { direction: 'up', startedAt: 0 } as const;
  const waiting = {
    type: 'waiting',
    on: 'sentinel',
    holder: holder(),
    attempt: 3,
    waitedMs: 1,
    delayMs: 2,
    level: 'info',
    since: 1000,
  } as const;

  it('says every state in a few words', () => {
    assert.equal(text({}), 'looking…');
    assert.equal(text({ status: status() }), 'up to date');
    assert.equal(text({ status: status({ pending: pending('001_a', '002_b') }) }), '2 pending');
    const findings = [{ code: 'duplicate', severity: 'refuse', params: {} }] as const;
    const refused = status({ pending: pending('001_a', '002_b'), findings });
    assert.equal(text({ status: refused }), '2 pending, duplicate version');
    assert.equal(text({ run }), 'migrating…');
    const history = [applied('004_d', { file: 'missing' }), applied('003_c', { file: 'missing' })];
    assert.equal(text({ status: status({ history }) }), '2 ahead of this branch');
    const both = status({ history, pending: pending('001_a') });
    assert.equal(text({ status: both }), '1 pending, 2 ahead of this branch');
    const missingFiles = { repository: false, files: [] };
    assert.equal(text({ status: both, missingFiles }), '1 pending, 2 ahead of this folder');
    const step = { step: 2, steps: 5, migration: migration('002_b') };
    assert.equal(text({ run: { ...run, ...step } }), 'migrating 2/5 002_b');
    assert.equal(text({ run: { ...run, ...step, direction: 'down' } }), 'rolling back 2/5 002_b');
    assert.equal(text({ run: { ...run, direction: 'restore' } }), 'restoring a backup…');
    assert.equal(text({ run: { ...run, direction: 'mark' } }), 'marking as applied…');
    assert.equal(text({ status: status(), lock: { kind: 'stale' } }), 'stale lock');
    assert.equal(text({ lastResult: result({ outcome: 'failed' }) }), 'migration failed');
    assert.equal(text({ lastResult: result({ outcome: 'timeout' }) }), 'no lock in time');
  });

  it('counts the seconds of a wait where it is told the time', () => {
    assert.equal(
      text({ run: { ...run, waiting } }, 13_900),
      'waiting for VS Code window “shop”, 12 s',
    );
    assert.equal(text({ run: { ...run, waiting } }), 'waiting for VS Code window “shop”');
    const progress = { direction: 'up', step: 2, steps: 3, migration: '002_b' } as const;
    const lock = { kind: 'held', mine: false, holder: { ...holder(), progress } } as const;
    assert.equal(text({ run: { ...run, waiting }, lock }), 'waiting for VS Code window “shop” 2/3');
    const foreign = { ...waiting, on: 'database', holder: undefined } as const;
    assert.equal(text({ run: { ...run, waiting: foreign } }), 'waiting for another program');
  });

  it('names a holder and how far they are, if their card says it', () => {
    const progress = { direction: 'up', step: 3, steps: 8, migration: '003_c' } as const;
    const lock = { kind: 'held', mine: false } as const;
    assert.equal(
      text({ lock: { ...lock, holder: holder({ kind: 'terminal', progress }) } }),
      'locked by a terminal in “shop” 3/8',
    );
    assert.equal(text({ lock }), 'locked by an unknown holder');
    const nonsense = { ...progress, step: '$(x)' as unknown as number };
    assert.equal(
      text({ lock: { ...lock, holder: holder({ progress: nonsense }) } }),
      'locked by VS Code window “shop”',
    );
  });
});

describe('inert', () => {
  it('lets neither icons nor links through', () => {
    assert.equal(escapeIconsAndLinks('$(zap) [run](command:x)'), '$ (zap) [run] (command:x)');
  });
});
