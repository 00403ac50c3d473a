import type { GlobPiece } from './globPieces';

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
