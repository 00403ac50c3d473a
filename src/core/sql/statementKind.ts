import { Tokens } from './tokens';

/** What a statement does to transactions and connections, told from its first words alone. */
export type StatementKind =
  | { readonly kind: 'begin' }
  | { readonly kind: 'commit' }
  | { readonly kind: 'rollback' }
  | { readonly kind: 'savepoint'; readonly name: string }
  | { readonly kind: 'release'; readonly name: string }
  | { readonly kind: 'rollbackTo'; readonly name: string }
  | { readonly kind: 'vacuum' }
  | { readonly kind: 'attach' }
  | { readonly kind: 'detach' }
  /** `sets` is true where a value is given: `PRAGMA name = value`, `PRAGMA name(value)`. */
  | { readonly kind: 'pragma'; readonly name: string; readonly sets: boolean }
  | { readonly kind: 'createTemp' }
  | { readonly kind: 'createVirtual' }
  | { readonly kind: 'other' };

/** How many tokens are looked at: `ROLLBACK TRANSACTION x TO SAVEPOINT y` has the most. */
const headLength = 6;

/** Classifies one statement (without leading comments). */
export function statementKind(text: string): StatementKind {
  const head = readHead(text);
  switch (head[0]) {
    case 'begin':
    case 'vacuum':
    case 'attach':
    case 'detach':
      return { kind: head[0] };
    case 'commit':
    case 'end':
      return { kind: 'commit' };
    case 'rollback':
      return rollback(head);
    case 'savepoint':
      return { kind: 'savepoint', name: head[1] ?? '' };
    case 'release':
      return { kind: 'release', name: (head[1] === 'savepoint' ? head[2] : head[1]) ?? '' };
    case 'pragma':
      return pragma(head);
    case 'create':
      return create(head);
    default:
      return { kind: 'other' };
  }
}

function rollback(head: readonly string[]): StatementKind {
  const to = head.indexOf('to');
  if (to < 0) {
    return { kind: 'rollback' };
  }
  const name = head[to + 1] === 'savepoint' ? head[to + 2] : head[to + 1];
  return { kind: 'rollbackTo', name: name ?? '' };
}

function pragma(head: readonly string[]): StatementKind {
  const at = head[2] === '.' ? 3 : 1;
  const after = head[at + 1];
  return { kind: 'pragma', name: head[at] ?? '', sets: after === '=' || after === '(' };
}

function create(head: readonly string[]): StatementKind {
  switch (head[1]) {
    case 'temp':
    case 'temporary':
      return { kind: 'createTemp' };
    case 'virtual':
      return { kind: 'createVirtual' };
    default:
      return { kind: 'other' };
  }
}

/** The first tokens, lower-cased and without quotes. */
function readHead(text: string): string[] {
  const tokens = new Tokens(text);
  const head: string[] = [];
  while (head.length < headLength && tokens.next()) {
    head.push(tokens.name.toLowerCase());
  }
  return head;
}
