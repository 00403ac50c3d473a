import assert from 'node:assert/strict';
import { Tokens } from '../../../../src/core/sql/tokens';

function read(text: string): string[] {
  const tokens = new Tokens(text);
  const found: string[] = [];
  while (tokens.next()) {
    found.push(`${tokens.kind} ${tokens.raw}`);
  }
  return found;
}

function names(text: string): string[] {
  const tokens = new Tokens(text);
  const found: string[] = [];
  while (tokens.next()) {
    found.push(tokens.name);
  }
  return found;
}

describe('Tokens', () => {
  it('tells kinds apart', () => {
    assert.deepEqual(read(`sel_é$1 "a" [b] \`c\` 'd' x'0f' X'0F' 12 ;`), [
      'word sel_é$1',
      'quoted "a"',
      'quoted [b]',
      'quoted `c`',
      `string 'd'`,
      `blob x'0f'`,
      `blob X'0F'`,
      'number 12',
      'symbol ;',
    ]);
  });

  it('reads numbers', () => {
    for (const number of ['1', '1.', '.5', '1.5e10', '1e+5', '1E-5', '0x1F', '1_000']) {
      assert.deepEqual(read(`${number},`), [`number ${number}`, 'symbol ,']);
    }
    assert.deepEqual(read('1-2'), ['number 1', 'symbol -', 'number 2']);
    assert.deepEqual(read('0xe+1'), ['number 0xe', 'symbol +', 'number 1']);
    assert.deepEqual(read('a.b'), ['word a', 'symbol .', 'word b']);
  });

  it('reads parameters', () => {
    for (const parameter of ['?', '?12', ':a', '@a1', '$a', '$a::b', '$a::b(;)', ':1']) {
      assert.deepEqual(read(`${parameter} ,`), [`parameter ${parameter}`, 'symbol ,']);
    }
    assert.deepEqual(read(': a'), ['illegal :', 'word a']);
    assert.deepEqual(read('$a(b c'), ['illegal $a(b', 'word c']);
    assert.deepEqual(read('a$b'), ['word a$b']);
  });

  it('skips blanks, comments and byte order marks', () => {
    assert.deepEqual(read('\uFEFF a--b\n/* c */d/**/-- e'), ['word a', 'word d']);
    assert.deepEqual(read('1-/2'), ['number 1', 'symbol -', 'symbol /', 'number 2']);
  });

  it('says where something never ends', () => {
    for (const open of [`'a`, `'a''`, '"a', '`a', '[a', '/* a', `x'0`]) {
      assert.deepEqual(read(`b ${open}`), ['word b', `unterminated ${open}`]);
    }
  });

  it('takes quotes off', () => {
    assert.deepEqual(names(`"a""b" 'c''d' \`e\`\`f\` [g] h`), ['a"b', "c'd", 'e`f', 'g', 'h']);
  });

  it('reads a part and looks not beyond it', () => {
    const text = `a 'b' c`;
    for (const [until, last] of [
      [5, 'string'],
      [4, 'unterminated'],
    ] as const) {
      const tokens = new Tokens(text, 2, until);
      assert.equal(tokens.next(), true);
      assert.equal(tokens.kind, last);
      assert.equal(tokens.next(), false);
    }
  });
});
