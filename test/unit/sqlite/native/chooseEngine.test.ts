import assert from 'node:assert/strict';
import { chooseEngine, nativeSqlite } from '../../../../src/sqlite/native/nativeModule';

describe('chooseEngine', () => {
  it('prefers node:sqlite', () => {
    assert.equal(chooseEngine('auto', true), 'native');
    assert.equal(chooseEngine('auto', false), 'sqljs');
    assert.equal(chooseEngine('native', true), 'native');
    assert.equal(chooseEngine('sqljs', true), 'sqljs');
  });

  it('refuses node:sqlite where there is none', () => {
    assert.throws(() => chooseEngine('native', false), {
      code: 'engine.unavailable',
      params: { engine: 'native' },
    });
  });

  it('asks this process', () => {
    assert.equal(chooseEngine('auto'), nativeSqlite() ? 'native' : 'sqljs');
  });
});
