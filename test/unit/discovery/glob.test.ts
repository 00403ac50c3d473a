import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileGlobs, globPieces, globStates } from '../../../src/migrator/discovery/glob';

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
    ['', '', true],
    ['', 'a', false],
  ];
  for (const [pattern, path, expected] of fits) {
    it(`${pattern} ${expected ? 'fits' : 'does not fit'} ${path}`, () => {
      assert.equal(compileGlobs([pattern])(path), expected);
    });
  }

  it('fits the same, however many ways there are to try', () => {
    const piece = fc.constantFrom(
      '*',
      '**/',
      '/**',
      '?',
      'a',
      'b',
      '/',
      '{a,b*}',
      '[a-c]',
      '{',
      '}',
    );
    const pattern = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
    const path = fc.string({ unit: fc.constantFrom('a', 'b', '/', '\n', '😀'), maxLength: 9 });
    fc.assert(
      fc.property(pattern, path, (glob, text) => {
        fc.pre(!/^\.?\/|\/$/.test(glob));
        assert.equal(globStates(globPieces(glob))(text), compileGlobs([glob])(text), glob);
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
