import { Tokens } from '../sql/tokens';

/** What a statement does to which table, told from its words; `undefined` for any other statement. */
export type StatementTarget = {
  readonly table: string;
  /** It is not the database's own, but a temporary or attached one's. */
  readonly elsewhere?: true;
} & (
  | { readonly verb: 'insert'; readonly mayReplace: boolean }
  | { readonly verb: 'update' | 'delete' | 'createTable' | 'dropTable' }
  | { readonly verb: 'renameTable'; readonly to: string }
  | { readonly verb: 'renameColumn'; readonly from: string; readonly to: string }
);

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
  if (first === 'create' || first === 'drop') {
    return madeOrDropped(first, tokens);
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
      const { named, skipped } = tableAfter(tokens, ['or', 'into', ...conflicts]);
      const mayReplace = verb === 'replace' || skipped.includes('or') || hasUpsert(tokens);
      return named && { verb: 'insert', ...named, mayReplace };
    }
    case 'update':
    case 'delete': {
      const { named } = tableAfter(tokens, ['or', 'from', ...conflicts]);
      return named && { verb, ...named };
    }
  }
  return undefined;
}

const conflicts = ['replace', 'rollback', 'abort', 'fail', 'ignore'];

function madeOrDropped(verb: 'create' | 'drop', tokens: Tokens): StatementTarget | undefined {
  const words = ['temp', 'temporary', 'table', 'if', 'not', 'exists'];
  const { named, skipped } = tableAfter(tokens, words);
  return named && skipped.includes('table')
    ? { verb: verb === 'create' ? 'createTable' : 'dropTable', ...named }
    : undefined;
}

function renamed(tokens: Tokens): StatementTarget | undefined {
  const { named } = tableAfter(tokens, ['table']);
  const word = (): string => (tokens.next() ? tokens.name : '');
  if (!named || tokens.raw.toLowerCase() !== 'rename') {
    return undefined;
  }
  let from = word();
  if (from.toLowerCase() === 'to') {
    return { verb: 'renameTable', ...named, to: word() };
  }
  if (from.toLowerCase() === 'column') {
    from = word();
  }
  return word().toLowerCase() === 'to'
    ? { verb: 'renameColumn', ...named, from, to: word() }
    : undefined;
}

/** The table that is named after these words; the cursor is on the token after it. */
function tableAfter(
  tokens: Tokens,
  words: readonly string[],
): { named?: Pick<StatementTarget, 'table' | 'elsewhere'>; skipped: readonly string[] } {
  const skipped: string[] = [];
  let more = tokens.next();
  while (more && tokens.kind === 'word' && words.includes(tokens.raw.toLowerCase())) {
    skipped.push(tokens.raw.toLowerCase());
    more = tokens.next();
  }
  if (!more) {
    return { skipped };
  }
  const first = tokens.name;
  if (!tokens.next() || !tokens.isSymbol('.') || !tokens.next()) {
    return { named: { table: first }, skipped };
  }
  const named = { table: tokens.name, ...(!/^main$/i.test(first) && { elsewhere: true as const }) };
  tokens.next();
  return { named, skipped };
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
