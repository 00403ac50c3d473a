import { Tokens } from './tokens';

/** One statement of a script. */
export interface Statement {
  /** Offset of its first character in the script, in UTF-16 units; blanks and comments are before it. */
  readonly start: number;
  /** Offset after its `;`, or after its last token where the script ends without one. */
  readonly end: number;
  readonly text: string;
}

/** What has been read of the current statement, as far as its end depends on it. */
type State =
  | 'start'
  | 'explain'
  | 'create'
  | 'normal'
  /** Inside CREATE TRIGGER, where `;` ends a statement of the body. */
  | 'trigger'
  /** After such a `;`. */
  | 'triggerSemicolon'
  /** After `; END` in a trigger: the next `;` ends it. */
  | 'triggerEnd';

/**
 * Splits a script where SQLite would. The rules are those of `sqlite3_complete()`
 * (https://sqlite.org/src/file/src/complete.c): only CREATE TRIGGER may hold semicolons. Empty
 * statements are dropped. Linear in the text's length.
 */
export function splitStatements(text: string, from = 0, until = text.length): Statement[] {
  const statements: Statement[] = [];
  const tokens = new Tokens(text, from, until);
  let state: State = 'start';
  let start = from;
  let end = from;
  while (tokens.next()) {
    if (state === 'start') {
      start = tokens.start;
    }
    const isSemicolon = tokens.isSymbol(';');
    const isEmpty = isSemicolon && state === 'start';
    state = isSemicolon ? afterSemicolon(state) : afterToken(state, tokens);
    end = tokens.end;
    if (state === 'start' && !isEmpty) {
      statements.push({ start, end, text: text.slice(start, end) });
    }
  }
  if (state !== 'start') {
    statements.push({ start, end, text: text.slice(start, end) });
  }
  return statements;
}

function afterSemicolon(state: State): State {
  return state === 'trigger' || state === 'triggerSemicolon' ? 'triggerSemicolon' : 'start';
}

function afterToken(state: State, tokens: Tokens): State {
  if (state === 'normal' || state === 'trigger') {
    return state;
  }
  const word = tokens.kind === 'word' ? tokens.raw.toLowerCase() : '';
  switch (state) {
    case 'start':
      return word === 'create' ? 'create' : word === 'explain' ? 'explain' : 'normal';
    case 'explain':
      return word === 'create' ? 'create' : /^(query|plan)$/.test(word) ? 'explain' : 'normal';
    case 'create':
      return word === 'trigger' ? 'trigger' : /^temp(orary)?$/.test(word) ? 'create' : 'normal';
    case 'triggerSemicolon':
      return word === 'end' ? 'triggerEnd' : 'trigger';
    case 'triggerEnd':
      return 'trigger';
  }
}

/** What a statement does to transactions and connections, by its first words alone. */
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

/** How many tokens are read: `EXPLAIN QUERY PLAN PRAGMA main.name = …` has the most. */
const headLength = 8;

/**
 * Classifies one statement (without leading comments). A PRAGMA that is only explained counts as one,
 * since many take effect while SQLite compiles them.
 */
export function statementKind(text: string): StatementKind {
  const head = readHead(text);
  if (head[0] === 'explain') {
    const explained = head.slice(head[1] === 'query' ? 3 : 1);
    return explained[0] === 'pragma' ? pragma(explained) : { kind: 'other' };
  }
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

/** A file that a statement opens or writes. */
interface AccessedFile {
  /** As SQLite would see it; absent where it is an expression. */
  readonly name?: string;
  /** Where it stands in the statement. */
  readonly offset: number;
}

/**
 * The PRAGMAs whose value reaches beyond their connection: into the whole process, so into other
 * databases, or to a file (https://www.sqlite.org/pragma.html).
 */
export const processWidePragma =
  /^(?:(?:temp|data)_store_directory|lock_proxy_file|(?:soft|hard)_heap_limit)$/i;

/**
 * The file that one statement (without leading comments) names beside the database: that of ATTACH or
 * of VACUUM INTO, or the place of a {@link processWidePragma} that is set. Nothing else in SQL without
 * extensions reaches beyond the database. What is only explained counts as well: a PRAGMA takes effect
 * while SQLite compiles it.
 */
export function accessedFile(text: string): AccessedFile | undefined {
  const tokens = new Tokens(text);
  const next = (): string => (tokens.next() ? tokens.name.toLowerCase() : '');
  let first = next();
  if (first === 'explain') {
    first = next();
    if (first === 'query') {
      next();
      first = next();
    }
  }
  switch (first) {
    case 'attach':
      next();
      return isWord(tokens, 'database')
        ? read(tokens, tokens.next(), 'as')
        : read(tokens, true, 'as');
    case 'vacuum':
      next();
      if (!isWord(tokens, 'into')) {
        next();
      }
      return isWord(tokens, 'into') ? read(tokens, tokens.next()) : undefined;
    case 'pragma':
      return readPragma(tokens);
    default:
      return undefined;
  }
}

/** The file at the current token; an expression unless `after` follows, or the end. */
function read(tokens: Tokens, found: boolean, after?: string): AccessedFile {
  const { name, start: offset } = tokens;
  const isText = found && (tokens.kind === 'string' || tokens.kind === 'quoted');
  const ends = !tokens.next() || tokens.isSymbol(';');
  return isText && (after === undefined ? ends : !ends && isWord(tokens, after))
    ? { name, offset }
    : { offset };
}

function readPragma(tokens: Tokens): AccessedFile | undefined {
  let isOurs = false;
  while (tokens.next()) {
    if (isOurs && (tokens.isSymbol('=') || tokens.isSymbol('('))) {
      tokens.next();
      return { offset: tokens.start };
    }
    isOurs = processWidePragma.test(tokens.name);
    if (!isOurs && tokens.isSymbol('=')) {
      return undefined;
    }
  }
  return undefined;
}

function isWord(tokens: Tokens, word: string): boolean {
  return tokens.kind === 'word' && tokens.raw.toLowerCase() === word;
}
