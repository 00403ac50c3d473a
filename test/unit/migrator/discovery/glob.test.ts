import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileGlobs } from '../../../../src/migrator/discovery/glob';

/** Any number of folders, as a regular expression. */
const folders = '(?:[^/]+/)*';

describe('compileGlobs', () => {
  const fits: [pattern: string, path: string, fits: boolean][] = [
    ['**/node_modules', 'node_modules', true],
    ['**/node_modules', 'a/b/node_modules', true],
    ['**/node_modules', 'a/my_node_modules', false],
    ['**/.git', 'x/.git', true],
    ['build', 'build', true],
    ['build', 'a/build', false],
    ['build/', 'build', true],
    ['/build', 'build', true],
    ['build/**', 'build', true],
    ['build/**', 'build/a/b', true],
    ['build/**', 'builds/a', false],
    ['**/build/**', 'a/build/c', true],
    ['a/**/z', 'a/z', true],
    ['a/**/z', 'a/b/c/z', true],
    ['a/**/z', 'ab/z', false],
    ['*.db', 'x.db', true],
    ['*.db', 'a/x.db', false],
    ['**/*.db', 'x.db', true],
    ['**/*.db', 'a/b/x.db', true],
    ['**/*.db', 'a/xdb', false],
    ['**', 'anything/at/all', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['**/{dist,out}', 'p/out', true],
    ['**/{dist,out}', 'p/output', false],
    ['{a,b{c,d}}/x', 'bd/x', true],
    ['{a,b{c,d}}/x', 'b/x', false],
    ['**/*.{db,sqlite}', 'a.sqlite', true],
    ['v[0-9]', 'v5', true],
    ['v[!0-9]', 'v5', false],
    ['v[^0-9]', 'vx', true],
    ['a.b', 'axb', false],
    ['a+(b)|c', 'a+(b)|c', true],
    ['{unclosed', '{unclosed', true],
    ['[unclosed', '[unclosed', true],
    ['[z-a]', 'b', false],
    ['ü*', 'über', true],
    ['**/x', 'p/X', false],
    ['*', '.env', true],
    ['**/.*', 'p/.env', true],
    ['**/*', '.p/.q/.r', true],
    ['!a', '!a', true],
    ['!a', 'b', false],
    ['#a', '#a', true],
    ['{a}', 'a', true],
    ['{1..3}', '2', false],
    ['a?', 'a😀', true],
    ['a/../b', 'b', false],
    ['', '', true],
    ['', 'a', false],
  ];
  for (const [pattern, path, expected] of fits) {
    it(`${pattern} ${expected ? 'fits' : 'does not fit'} ${path}`, () => {
      assert.equal(compileGlobs([pattern])(path), expected);
    });
  }

  it('fits as its pieces do, however they are put together', () => {
    const piece = fc.constantFrom(
      ['*', '[^/]*'],
      ['?', '[^/]'],
      ['a', 'a'],
      ['b', 'b'],
      ['.', '\\.'],
      ['{a,b*}', '(?:a|b[^/]*)'],
      ['{a,{b,.}}', '(?:a|b|\\.)'],
      ['{b}', 'b'],
      ['[a-c]', '[a-c]'],
      ['[!a]', '[^/a]'],
    );
    const name = fc
      .array(piece, { minLength: 1, maxLength: 4 })
      .map((pieces) => [0, 1].map((side) => pieces.map((each) => each[side]).join('')))
      .filter(([pattern]) => pattern !== '**'); // that is any number of folders
    const names = fc.array(name, { minLength: 1, maxLength: 2 });
    const glob = fc
      .tuple(fc.boolean(), names, fc.boolean(), names, fc.boolean())
      .map(([anywhere, first, gap, then, below]) => {
        const [start, end] = [first, then].map((part) =>
          [0, 1].map((side) => part.map((each) => each[side]).join('/')),
        );
        return {
          pattern: `${anywhere ? '**/' : ''}${start[0]}/${gap ? '**/' : ''}${end[0]}${below ? '/**' : ''}`,
          source: `${anywhere ? folders : ''}${start[1]}/${gap ? folders : ''}${end[1]}${below ? '(?:/.*)?' : ''}`,
        };
      });
    const step = fc.string({
      unit: fc.constantFrom('a', 'b', '.', '\n', '😀'),
      minLength: 1,
      maxLength: 3,
    });
    const path = fc.array(step, { minLength: 1, maxLength: 6 }).map((steps) => steps.join('/'));
    fc.assert(
      fc.property(glob, path, ({ pattern, source }, text) => {
        fc.pre(!`${pattern}/${text}`.split('/').some((step) => /^\.\.?$/.test(step)));
        const expected = new RegExp(`^${source}$`, 'su').test(text);
        assert.equal(compileGlobs([pattern])(text), expected, `${pattern} on ${text}`);
      }),
      { numRuns: 2000 },
    );
  });

  it('needs no ages for patterns that are made for it', () => {
    const name = 'a'.repeat(255);
    const deep = 'a/'.repeat(2000);
    for (const pattern of [
      `${'*a'.repeat(100)}b`,
      `${'**/'.repeat(100)}b`,
      `${'{a,aa,a}'.repeat(50)}b`,
      `${'{'.repeat(500)}*`,
      `${'{a,'.repeat(300)}b${'}'.repeat(300)}`,
      `${'{a,b}'.repeat(16)}c`,
      `${'**/*a*a/'.repeat(60)}b`,
      `${'?*'.repeat(500)}b`,
      `${'{a},b}'.repeat(200)}c`,
      '*a'.repeat(1_000_000),
    ]) {
      assert.equal(compileGlobs(Array.from({ length: 100 }, () => pattern))(name), false);
      assert.equal(compileGlobs([pattern])(deep), false);
    }
  });

  it('fits when any of several does, and never without patterns', () => {
    assert.equal(compileGlobs(['a', 'b'])('b'), true);
    assert.equal(compileGlobs([])('b'), false);
  });
});
