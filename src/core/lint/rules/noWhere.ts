import { foldName, Tokens } from '../../sql/tokens';
import { isOwnTable } from '../lintScript';
import { isMain } from '../../sql/statementFacts';
import type { LintRule, LintData } from '../rule';

/** DELETE and UPDATE that reach every row of a table that was there before. */
export const noWhere: LintRule = {
  name: 'no-where',
  summary: '`DELETE` or `UPDATE` without `WHERE`, which reaches every row.',
  check(at, script, data) {
    const { facts, state, statement } = at;
    if (
      (facts.verb !== 'update' && facts.verb !== 'delete') ||
      isOwnTable(at, script, facts) ||
      hasWord(statement.text, facts.rest, ['where', 'limit'])
    ) {
      return undefined;
    }
    const { table } = facts;
    const known = isMain(facts) ? data : undefined;
    if (facts.verb === 'update') {
      const columns = assignedColumns(statement.text, facts.rest);
      const isNew = (column: string): boolean => {
        const key = foldName(`${table}.${column}`);
        return state.added.has(key) || script.made.has(key);
      };
      if (columns.every((column) => isNew(column) || isEmpty(known, table, column))) {
        return undefined; // a new column is filled
      }
    }
    const rows = known?.rows(table);
    return {
      params: { verb: facts.verb.toUpperCase(), table, ...(rows !== undefined && { rows }) },
    };
  },
  describe: (text, rows, t) => {
    const args = { table: text('table'), rows };
    const isDelete = text('verb') === 'DELETE';
    const message =
      rows > 1
        ? isDelete
          ? t('Without WHERE this deletes all {rows} rows of {table}.', args)
          : t('Without WHERE this changes all {rows} rows of {table}.', args)
        : isDelete
          ? t('Without WHERE this deletes all rows of {table}.', args)
          : t('Without WHERE this changes all rows of {table}.', args);
    return { message, advice: t('If all are meant, say so with WHERE true.') };
  },
};

/** Whether a column has no value yet in a table that has rows. */
function isEmpty(data: LintData | undefined, table: string, column: string): boolean {
  return data?.values(table, column) === 0 && data.rows(table) !== 0;
}

/** Whether one of these words stands outside of parentheses. */
function hasWord(text: string, from: number, words: readonly string[]): boolean {
  const tokens = new Tokens(text, from);
  for (let depth = 0; tokens.next();) {
    depth += tokens.isSymbol('(') ? 1 : tokens.isSymbol(')') ? -1 : 0;
    if (depth === 0 && tokens.kind === 'word' && words.includes(tokens.raw.toLowerCase())) {
      return true;
    }
  }
  return false;
}

/** The columns that an UPDATE without WHERE sets: `SET a = 1, (b, c) = (2, 3)`. */
function assignedColumns(text: string, from: number): string[] {
  const tokens = new Tokens(text, from);
  const columns: string[] = [];
  let target = false;
  for (let depth = 0; tokens.next();) {
    const word = tokens.kind === 'word' && depth === 0 ? tokens.raw.toLowerCase() : '';
    if (word === 'set' && columns.length === 0) {
      target = true;
    } else if (!target && /^(from|returning|order)$/.test(word)) {
      break;
    } else if (tokens.isSymbol('(') || tokens.isSymbol(')')) {
      depth += tokens.isSymbol('(') ? 1 : -1;
    } else if (tokens.isSymbol('=') && depth === 0) {
      target = false;
    } else if (tokens.isSymbol(',')) {
      target ||= depth === 0;
    } else if (target) {
      columns.push(tokens.name);
    }
  }
  return columns;
}
