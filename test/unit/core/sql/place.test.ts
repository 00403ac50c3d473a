import assert from 'node:assert/strict';
import fc from 'fast-check';
import { placeAt } from '../../../../src/core/sql/positions';

function lineAndColumn(text: string, offset: number): [number, number] {
  const { file, line, column } = placeAt('/m/1.sql', text, offset);
  assert.equal(file, '/m/1.sql');
  return [line, column];
}

describe('placeAt', () => {
  it('counts lines and columns from 1', () => {
    assert.deepEqual(lineAndColumn('', 0), [1, 1]);
    assert.deepEqual(lineAndColumn('ab\ncd', 2), [1, 3]);
    assert.deepEqual(lineAndColumn('ab\ncd', 3), [2, 1]);
    assert.deepEqual(lineAndColumn('ab\ncd', 5), [2, 3]);
  });

  it('knows the three line ends of editors', () => {
    assert.deepEqual(lineAndColumn('a\r\nb\rc\nd', 7), [4, 1]);
    assert.deepEqual(lineAndColumn('a\r\nb', 3), [2, 1]);
    assert.deepEqual(lineAndColumn('a\r\nb', 2), [1, 3]);
    assert.deepEqual(lineAndColumn('a\r\r\nb', 4), [3, 1]);
  });

  it('counts UTF-16 units, as editors do', () => {
    assert.deepEqual(lineAndColumn('é😀x', 3), [1, 4]);
  });

  it('takes what is beyond the text for its end', () => {
    assert.deepEqual(lineAndColumn('a\nb', 99), [2, 2]);
  });

  it('agrees with splitting the text into lines', () => {
    const text = fc
      .array(fc.constantFrom('\r', '\n', '\r\n', 'a', '😀'))
      .map((all) => all.join(''));
    fc.assert(
      fc.property(text, fc.nat(100), (whole, at) => {
        const before = whole.slice(0, at);
        // Between \r and \n is still the first line.
        const isInside = before.endsWith('\r') && whole[at] === '\n';
        const lines = (isInside ? before.slice(0, -1) + ' ' : before).split(/\r\n|\r|\n/);
        assert.deepEqual(lineAndColumn(whole, at), [lines.length, lines.at(-1)!.length + 1]);
      }),
    );
  });
});
