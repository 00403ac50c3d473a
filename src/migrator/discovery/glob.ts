import type { GlobPiece } from './globPieces';
import { globPieces } from './globPieces';
import { globStates } from './globStates';

/** Longer ones, all together, are no settings that somebody wrote. In UTF-16 units. */
const mostRisky = 2000;

/**
 * Makes one test of several glob patterns, in the syntax of VS Code's `files.exclude`
 * (https://code.visualstudio.com/docs/editor/glob-patterns): `*`, `?`, `**`, `{a,b}`, `[0-9]`,
 * `[!a]`. A pattern must fit the whole path; `x/**` also fits the folder `x` itself, so that it need
 * not be entered. What cannot be read as a pattern fits nothing.
 *
 * @returns whether a path, relative to the root and with `/`, fits one of them
 */
export function compileGlobs(patterns: readonly string[]): (relativePath: string) => boolean {
  let risky = 0;
  const tests = patterns.flatMap((pattern) => {
    const trimmed = pattern.replace(/^\.?\/+/, '').replace(/(?<!\/)\/+$/, '');
    risky += isRisky(trimmed) ? trimmed.length : 0;
    try {
      return isRisky(trimmed) && risky > mostRisky ? [] : [compile(trimmed)];
    } catch {
      return [];
    }
  });
  return (path) => tests.some((test) => test(path));
}

function compile(pattern: string): (path: string) => boolean {
  const pieces = globPieces(pattern);
  if (isRisky(pattern)) {
    return globStates(pieces);
  }
  const expression = new RegExp(`^(?:${sources(pieces)})$`, 'su');
  return (path) => expression.test(path);
}

/**
 * Whether a regular expression could need ages: with every `*` and `{a,b}` there are more ways to try,
 * and `*a*a*a*a*a*b` comes from a settings file that anybody may have written.
 */
function isRisky(pattern: string): boolean {
  return pattern.length > mostRisky || (pattern.match(/\*+|\{/g) ?? []).length > 4;
}

function sources(pieces: readonly GlobPiece[]): string {
  return pieces.map(source).join('');
}

function source(piece: GlobPiece): string {
  switch (piece.kind) {
    case 'folders':
      return '(?:[^/]+/)*';
    case 'all':
      return '.*';
    case 'below':
      return '(?:/.*)?';
    case 'some':
      return '[^/]*';
    case 'one':
      return piece.source;
    case 'either':
      return `(?:${piece.of.map(sources).join('|')})`;
  }
}
