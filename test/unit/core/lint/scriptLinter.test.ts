import assert from 'node:assert/strict';
import { NameHistory } from '../../../../src/core/lint/lintScript';
import { ScriptLinter } from '../../../../src/core/lint/linter';
import type { Script } from '../../../../src/core/model';

function script(text: string): Script {
  return { file: '/m/1.sql', text, transaction: true, foreignKeys: false };
}

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

describe('ScriptLinter, many statements', () => {
  it('has room for what twenty thousand of them make', () => {
    const text = lines(20_000, (n) => `CREATE TABLE t${n} (a);`);
    const linter = new ScriptLinter(script(`${text}\nDELETE FROM t7;\nDELETE FROM other;`), {
      direction: 'up',
      rows: false,
    });
    assert.equal(linter.made.size, 20_000);
    assert.deepEqual(
      linter.warnings().map(({ rule, place, params }) => [rule, place.line, params.table]),
      [['no-where', 20_002, 'other']],
    );
  });

  it('tells of the first thousand things, each at its place', () => {
    const text = lines(20_000, () => 'DELETE FROM t;');
    const found = new ScriptLinter(script(text), { direction: 'up', rows: false }).warnings();
    assert.equal(found.length, 1000);
    assert.ok(found.every(({ place }, index) => place.line === index + 1 && place.column === 1));
  });
});

describe('NameHistory', () => {
  it('tells what was there before each statement', () => {
    const names = new NameHistory();
    names.add('a', 1);
    assert.equal(names.delete('a', 3), true);
    assert.equal(names.delete('a', 3), false);
    names.add('a', 5);
    names.add('a', 6);
    const there = [0, 1, 2, 3, 4, 5, 6, 7].filter((index) => names.before(index).has('a'));
    assert.deepEqual(there, [2, 3, 6, 7]);
    assert.equal(names.before(9).has('b'), false);
    assert.deepEqual([...names.names], ['a']);
  });
});
