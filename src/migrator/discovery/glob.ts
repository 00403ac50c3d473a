/**
 * Makes one test of several glob patterns, in the syntax of VS Code's `files.exclude`
 * (https://code.visualstudio.com/docs/editor/glob-patterns): `*`, `?`, `**`, `{a,b}`, `[0-9]`,
 * `[!a]`. A pattern must fit the whole path; `x/**` also fits the folder `x` itself, so that it need
 * not be entered. What cannot be read as a pattern fits nothing.
 *
 * @returns whether a path, relative to the root and with `/`, fits one of them
 */
export function compileGlobs(patterns: readonly string[]): (relativePath: string) => boolean {
  const expressions = patterns.flatMap((pattern) => {
    try {
      return [new RegExp(`^(?:${source(pattern.replace(/^\.?\/+|\/+$/g, ''))})$`, 'u')];
    } catch {
      return [];
    }
  });
  return (path) => expressions.some((expression) => expression.test(path));
}

function source(pattern: string): string {
  let out = '';
  let at = 0;
  while (at < pattern.length) {
    const rest = pattern.slice(at);
    const piece = next(rest, at === 0 || pattern[at - 1] === '/');
    out += piece.source;
    at += piece.length;
  }
  return out;
}

/** The regular expression of what the pattern starts with, and how much of it that is. */
function next(rest: string, atSegmentStart: boolean): { source: string; length: number } {
  if (atSegmentStart && rest.startsWith('**/')) {
    return { source: '(?:[^/]+/)*', length: 3 };
  }
  if (atSegmentStart && rest === '**') {
    return { source: '.*', length: 2 };
  }
  if (rest === '/**') {
    return { source: '(?:/.*)?', length: 3 };
  }
  const [first] = rest;
  if (first === '*') {
    return { source: '[^/]*', length: /^\*+/.exec(rest)![0].length };
  }
  if (first === '?') {
    return { source: '[^/]', length: 1 };
  }
  const set = /^\[([!^]?)([^\]/]+)\]/.exec(rest);
  if (set) {
    const inside = set[2].replace(/[\\[\]^&~|]/g, '\\$&');
    return { source: `[${set[1] ? '^/' : ''}${inside}]`, length: set[0].length };
  }
  if (first === '{') {
    const group = alternatives(rest);
    if (group) {
      return { source: `(?:${group.of.map(source).join('|')})`, length: group.length };
    }
  }
  const character = String.fromCodePoint(rest.codePointAt(0)!);
  return { source: character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), length: character.length };
}

/** `{a,b{c,d}}` taken apart at its own commas. */
function alternatives(rest: string): { of: string[]; length: number } | undefined {
  const of = [''];
  let depth = 0;
  for (let at = 0; at < rest.length; at++) {
    const character = rest[at];
    if (character === '{' && depth++ === 0) {
      continue;
    }
    if (character === '}' && --depth === 0) {
      return { of, length: at + 1 };
    }
    if (character === ',' && depth === 1) {
      of.push('');
    } else {
      of[of.length - 1] += character;
    }
  }
  return undefined;
}
