import { Tokens } from '../sql/tokens';

/** What a statement does to which table, told from its words; `undefined` for any other statement. */
export type StatementTarget =
  | { readonly verb: 'insert'; readonly table: string; readonly mayReplace: boolean }
  | { readonly verb: 'update' | 'delete'; readonly table: string }
  | { readonly verb: 'renameTable'; readonly table: string; readonly to: string }
  | {
      readonly verb: 'renameColumn';
      readonly table: string;
      readonly from: string;
      readonly to: string;
    };

/** @param sql one statement */
export function statementTarget(sql: string): StatementTarget | undefined {
  const tokens = new Tokens(sql);
  if (!tokens.next()) {
    return undefined;
  }
  const first = tokens.raw.toLowerCase();
  if (first === 'alter') {
    return renamed(tokens);
  }
  if (first !== 'with') {
    return changed(first, tokens);
  }
  // After the common table expressions, which stand in parentheses.
  for (let depth = 0; tokens.next();) {
    depth += tokens.isSymbol('(') ? 1 : tokens.isSymbol(')') ? -1 : 0;
    const word = tokens.kind === 'word' && depth === 0 ? tokens.raw.toLowerCase() : '';
    if (/^(insert|replace|update|delete)$/.test(word)) {
      return changed(word, tokens);
    }
  }
  return undefined;
}

function changed(verb: string, tokens: Tokens): StatementTarget | undefined {
  switch (verb) {
    case 'insert':
    case 'replace': {
      const { table, skipped } = tableAfter(tokens, ['or', 'into', ...conflicts]);
      const mayReplace = verb === 'replace' || skipped.includes('or') || hasUpsert(tokens);
      return table === undefined ? undefined : { verb: 'insert', table, mayReplace };
    }
    case 'update':
    case 'delete': {
      const { table } = tableAfter(tokens, ['or', 'from', ...conflicts]);
      return table === undefined ? undefined : { verb, table };
    }
  }
  return undefined;
}

const conflicts = ['replace', 'rollback', 'abort', 'fail', 'ignore'];

function renamed(tokens: Tokens): StatementTarget | undefined {
  const { table } = tableAfter(tokens, ['table']);
  const word = (): string => (tokens.next() ? tokens.name : '');
  if (table === undefined || tokens.raw.toLowerCase() !== 'rename') {
    return undefined;
  }
  let from = word();
  if (from.toLowerCase() === 'to') {
    return { verb: 'renameTable', table, to: word() };
  }
  if (from.toLowerCase() === 'column') {
    from = word();
  }
  return word().toLowerCase() === 'to'
    ? { verb: 'renameColumn', table, from, to: word() }
    : undefined;
}

/** The name that comes after these words, without its schema; the cursor is on the token after it. */
function tableAfter(
  tokens: Tokens,
  words: readonly string[],
): { table?: string; skipped: readonly string[] } {
  const skipped: string[] = [];
  let more = tokens.next();
  while (more && tokens.kind === 'word' && words.includes(tokens.raw.toLowerCase())) {
    skipped.push(tokens.raw.toLowerCase());
    more = tokens.next();
  }
  if (!more) {
    return { skipped };
  }
  let table = tokens.name;
  if (tokens.next() && tokens.isSymbol('.') && tokens.next()) {
    table = tokens.name;
    tokens.next();
  }
  return { table, skipped };
}

function hasUpsert(tokens: Tokens): boolean {
  let before = '';
  while (tokens.next()) {
    const word = tokens.kind === 'word' ? tokens.raw.toLowerCase() : '';
    if (before === 'on' && word === 'conflict') {
      return true;
    }
    before = word;
  }
  return false;
}
