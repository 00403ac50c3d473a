import { quoteName, Tokens } from '../../sql/tokens';
import { isMain } from '../../sql/statementFacts';
import type { LintRule } from '../rule';

/** A UNIQUE index over values that are there more than once. */
export const uniqueOverDuplicates: LintRule = {
  name: 'unique-over-duplicates',
  summary: 'A `UNIQUE` index over values that are there more than once; they are counted.',
  check({ facts, statement }, _script, data) {
    const isUnique = facts.verb === 'create' && facts.type === 'index' && facts.unique;
    if (!isUnique || !isMain(facts) || !data || data.object('index', facts.name)) {
      return undefined;
    }
    const indexed = indexedColumns(statement.text, facts.rest);
    const rows = indexed && data.rows(indexed.table);
    if (!rows || rows > mostRows) {
      return undefined;
    }
    const [found] = data.ask(duplicatesSql(indexed)) ?? [];
    const values = Number(found?.found ?? 0);
    return values > 0
      ? {
          params: {
            table: indexed.table,
            columns: indexed.columns.join(', '),
            values,
            rows: Number(found.rows),
          },
        }
      : undefined;
  },
  describe: (text, rows, t) => {
    const args = { columns: text('columns'), table: text('table'), rows, values: text('values') };
    return {
      message:
        args.values === '1'
          ? t('1 value of {columns} occurs more than once in {table}, in {rows} rows.', args)
          : t(
              '{values} values of {columns} occur more than once in {table}, in {rows} rows.',
              args,
            ),
      advice: t('Merge or delete the duplicates in a statement before this one.'),
    };
  },
};

/** Of more, sorting takes seconds; that there are duplicates the rehearsal says anyway. */
const mostRows = 300_000;

interface Indexed {
  readonly table: string;
  /** As SQL. */
  readonly columns: readonly string[];
  readonly condition?: string;
}

/** NULLs are no duplicates of each other. */
function duplicatesSql({ table, columns, condition }: Indexed): string {
  const known = columns.map((column) => `(${column}) IS NOT NULL`);
  const where = [...(condition === undefined ? [] : [`(${condition}\n)`]), ...known].join(' AND ');
  return `SELECT count(*) AS found, sum("lockstep n") AS rows FROM (
    SELECT count(*) AS "lockstep n" FROM main.${quoteName(table)} WHERE ${where}
     GROUP BY ${columns.join(', ')} HAVING count(*) > 1)`;
}

/** What stands behind the index's name: `ON table (a, b COLLATE NOCASE DESC) WHERE c`. */
function indexedColumns(text: string, from: number): Indexed | undefined {
  const tokens = new Tokens(text, from);
  if (!tokens.next() || tokens.raw.toLowerCase() !== 'on' || !tokens.next()) {
    return undefined;
  }
  const table = tokens.name;
  if (!tokens.next() || !tokens.isSymbol('(')) {
    return undefined;
  }
  const columns: string[] = [];
  let start = tokens.end;
  let end = start;
  for (let depth = 1; depth > 0;) {
    if (!tokens.next()) {
      return undefined;
    }
    depth += tokens.isSymbol('(') ? 1 : tokens.isSymbol(')') ? -1 : 0;
    if (depth === 0 || (depth === 1 && tokens.isSymbol(','))) {
      columns.push(columnOf(text.slice(start, end).trim()));
      start = tokens.end;
    }
    const isOrder = tokens.kind === 'word' && /^(asc|desc)$/i.test(tokens.raw);
    end = isOrder && depth === 1 ? end : tokens.end;
  }
  const hasCondition = tokens.next() && tokens.raw.toLowerCase() === 'where';
  const condition = text.slice(tokens.end).replace(/;\s*$/, '');
  return { table, columns, ...(hasCondition && { condition }) };
}

/** SQLite takes a string for a column's name here: `ON users ('email')`. */
function columnOf(indexed: string): string {
  return indexed.replace(/^'((?:[^']|'')*)'(?=$|\s*collate\b)/i, (_, name: string) =>
    quoteName(name.replaceAll("''", "'")),
  );
}
