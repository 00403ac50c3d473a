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
