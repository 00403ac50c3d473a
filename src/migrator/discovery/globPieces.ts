/** A part of a glob pattern. */
export type GlobPiece =
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
