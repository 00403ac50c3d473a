/** A place in a pattern: what one character leads to, or the places that are as good as this one. */
interface State {
  readonly takes?: (character: string) => boolean;
  readonly to?: State;
  readonly same: State[];
}

/**
 * A test that tries all ways of fitting at once, one character after the other: its time is that of
 * the path times the pattern, whatever they are.
 */
export function globStates(pieces: readonly GlobPiece[]): (path: string) => boolean {
  const end: State = { same: [] };
  const start = before(pieces, end);
  return (path) => {
    let now = new Set<State>();
    enter(start, now);
    for (const character of path) {
      const then = new Set<State>();
      for (const { takes, to } of now) {
        if (takes?.(character)) {
          enter(to!, then);
        }
      }
      now = then;
    }
    return now.has(end);
  };
}

function enter(state: State, states: Set<State>): void {
  if (!states.has(state)) {
    states.add(state);
    state.same.forEach((other) => enter(other, states));
  }
}

/** The place before pieces after which comes `then`. */
function before(pieces: readonly GlobPiece[], then: State): State {
  return pieces.reduceRight((next, piece) => beforeOne(piece, next), then);
}

function beforeOne(piece: GlobPiece, then: State): State {
  switch (piece.kind) {
    case 'some':
      return anyNumber(notSlash, then);
    case 'all':
      return anyNumber(() => true, then);
    case 'below':
      return {
        same: [
          then,
          one(
            isSlash,
            anyNumber(() => true, then),
          ),
        ],
      };
    case 'folders': {
      const start: State = { same: [then] };
      const inName: State = { same: [one(isSlash, start)] };
      const name = one(notSlash, inName);
      inName.same.push(name);
      start.same.push(name);
      return start;
    }
    case 'either':
      return { same: piece.of.map((pieces) => before(pieces, then)) };
    case 'one': {
      const expression = new RegExp(`^${piece.source}$`, 'su');
      return one((character) => expression.test(character), then);
    }
  }
}

function anyNumber(takes: (character: string) => boolean, then: State): State {
  const start: State = { same: [then] };
  start.same.push(one(takes, start));
  return start;
}

function one(takes: (character: string) => boolean, to: State): State {
  return { takes, to, same: [] };
}

function isSlash(character: string): boolean {
  return character === '/';
}

function notSlash(character: string): boolean {
  return character !== '/';
}

/** A part of a glob pattern. */
type GlobPiece =
  /** Any number of folders, each with its slash. */
  | { readonly kind: 'folders' }
  /** Anything. */
  | { readonly kind: 'all' }
  /** Nothing, or a slash and anything. */
  | { readonly kind: 'below' }
  /** Anything but slashes. */
  | { readonly kind: 'some' }
  /** One character, as a regular expression. */
  | { readonly kind: 'one'; readonly source: string }
  | { readonly kind: 'either'; readonly of: readonly (readonly GlobPiece[])[] };

/** Takes a pattern apart; what looks like the start of something and is not stands for itself. */
export function globPieces(pattern: string): GlobPiece[] {
  const pieces: GlobPiece[] = [];
  let at = 0;
  while (at < pattern.length) {
    const { length, ...piece } = next(pattern.slice(at), at === 0 || pattern[at - 1] === '/');
    pieces.push(piece);
    at += length;
  }
  return pieces;
}

/** The piece that the pattern starts with, and how much of it that is. */
function next(rest: string, atSegmentStart: boolean): GlobPiece & { length: number } {
  if (atSegmentStart && rest.startsWith('**/')) {
    return { kind: 'folders', length: 3 };
  }
  if (atSegmentStart && rest === '**') {
    return { kind: 'all', length: 2 };
  }
  if (rest === '/**') {
    return { kind: 'below', length: 3 };
  }
  const [first] = rest;
  if (first === '*') {
    return { kind: 'some', length: /^\*+/.exec(rest)![0].length };
  }
  if (first === '?') {
    return { kind: 'one', source: '[^/]', length: 1 };
  }
  const set = /^\[([!^]?)([^\]/]+)\]/.exec(rest);
  if (set) {
    const inside = set[2].replace(/[\\[\]^&~|]/g, '\\$&');
    return { kind: 'one', source: `[${set[1] ? '^/' : ''}${inside}]`, length: set[0].length };
  }
  if (first === '{') {
    const group = alternatives(rest);
    if (group) {
      return { kind: 'either', of: group.of.map(globPieces), length: group.length };
    }
  }
  const character = String.fromCodePoint(rest.codePointAt(0)!);
  const source = character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return { kind: 'one', source, length: character.length };
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
