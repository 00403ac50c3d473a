import { Tokens } from '../../sql/tokens';
import { isOwnTable } from '../lintScript';
import { isMain } from '../../sql/statementFacts';
import type { LintRule } from '../rule';

/**
 * ADD COLUMN that SQLite grants to an empty table and refuses to one with rows
 * (https://www.sqlite.org/lang_altertable.html). Where it has rows here, the rehearsal says so.
 */
export const notNullWithoutDefault: LintRule = {
  name: 'not-null-without-default',
  summary:
    'A column that SQLite adds to an empty table only: here it works, on a database with rows it fails.',
  check(at, script, data) {
    const { facts, statement } = at;
    if (facts.verb !== 'addColumn' || isOwnTable(at, script, facts)) {
      return undefined;
    }
    const what = onlyIfEmpty(statement.text, facts.rest);
    const rows = isMain(facts) ? data?.rows(facts.table) : undefined;
    return what && !rows
      ? { params: { case: what, table: facts.table, column: facts.column } }
      : undefined;
  },
  describe: (text, _rows, t) => {
    const args = { table: text('table'), column: text('column') };
    const message = {
      notNull: t(
        'This works only while {table} is empty: {column} is NOT NULL and has no default.',
        args,
      ),
      computed: t(
        'This works only while {table} is empty: the default of {column} is computed.',
        args,
      ),
      stored: t('This works only while {table} is empty: {column} is generated and stored.', args),
    }[text('case')];
    return {
      message: message ?? text('case'),
      advice: t('Give it a constant default, or rebuild the table with the column in it.'),
    };
  },
};

/** @param from offset of what follows the column's name */
function onlyIfEmpty(text: string, from: number): 'notNull' | 'computed' | 'stored' | undefined {
  const tokens = new Tokens(text, from);
  let before = '';
  let notNull = false;
  let generated = false;
  let stored = false;
  let value: 'null' | 'constant' | 'computed' = 'null';
  for (let depth = 0; tokens.next();) {
    if (depth === 0 && before === 'default') {
      value = defaultValue(tokens);
      before = '';
      continue;
    }
    generated ||= depth === 0 && before === 'as' && tokens.isSymbol('(');
    depth += tokens.isSymbol('(') ? 1 : tokens.isSymbol(')') ? -1 : 0;
    const word = depth === 0 && tokens.kind === 'word' ? tokens.raw.toLowerCase() : '';
    notNull ||= before === 'not' && word === 'null';
    stored ||= word === 'stored';
    before = word;
  }
  if (generated) {
    return stored ? 'stored' : undefined;
  }
  return value === 'computed' ? 'computed' : notNull && value === 'null' ? 'notNull' : undefined;
}

/** @param tokens at the first token of the default; at its last one afterwards */
function defaultValue(tokens: Tokens): 'null' | 'constant' | 'computed' {
  if (!tokens.isSymbol('(')) {
    return simpleValue([tokens.raw.toLowerCase()]);
  }
  const inner: string[] = [];
  for (let depth = 1; tokens.next();) {
    depth += tokens.isSymbol('(') ? 1 : tokens.isSymbol(')') ? -1 : 0;
    if (depth === 0) {
      break;
    }
    inner.push(tokens.raw.toLowerCase());
  }
  return simpleValue(inner);
}

function simpleValue(parts: readonly string[]): 'null' | 'constant' | 'computed' {
  const [first, ...rest] = parts.filter((part) => !/^[-+()]$/.test(part));
  if (first === 'null' && rest.length === 0) {
    return 'null';
  }
  const isComputed = first === 'cast' ? false : rest.length > 0 || /^current_/.test(first ?? '');
  return isComputed ? 'computed' : 'constant';
}
