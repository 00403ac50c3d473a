import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { checksum } from '../../../src/core/checksum';

describe('checksum', () => {
  it('is the SHA-256 of the clean SQL', () => {
    const expected = createHash('sha256').update('a\n\n  b').digest('hex');
    for (const sql of [
      'a\n\n  b',
      'a\r\n\r\n  b\r\n',
      'a\r\r  b',
      'a  \n\t\n  b \n\n\n',
      '\n \na\n\n  b',
    ]) {
      assert.equal(checksum(sql), expected);
    }
    assert.equal(checksum(' \n'), checksum(''));
  });

  it('sees every other change', () => {
    const all = ['a', 'b', 'A', ' a', 'a\nb', 'a\n\nb', 'a b', 'a  b', 'a;', ''];
    assert.equal(new Set(all.map(checksum)).size, all.length);
  });

  it('does not depend on line ends and trailing blanks', () => {
    const line = fc.string().map((text) => text.replace(/[\r\n]/g, '').trimEnd());
    const end = fc.tuple(fc.constantFrom('', ' ', '\t \t'), fc.constantFrom('\n', '\r\n', '\r'));
    fc.assert(
      fc.property(fc.array(line), fc.array(end, { minLength: 1 }), (lines, ends) => {
        const messy = lines.map((text, i) => text + ends[i % ends.length].join('')).join('');
        // A lone \r before a \n would be one line end.
        fc.pre(!/\r\r\n|\r\n\n/.test(messy) || !ends.some(([, e]) => e === '\r'));
        fc.pre(!ends.some(([, e]) => e === '\r'));
        assert.equal(checksum(messy), checksum(lines.join('\n')));
      }),
    );
  });

  it('is quick on long runs of blanks', () => {
    checksum(`a${' '.repeat(5_000_000)}b`);
  });
});
