import { foldName, wordsOf } from '../../sql/tokens';
import { isOwnColumn, isOwnTable, type LintedScript, type LintedStatement } from '../lintScript';
import { isMain } from '../../sql/statementFacts';
import type { LintData, LintFinding, LintRule, LintSentence, LintText, Translate } from '../rule';

/** A table or column that is dropped with what is in it, unless that was copied before. */
export const dropWithRows: LintRule = {
  name: 'drop-with-rows',
  summary: 'A table or column dropped with what is in it, unless it was copied before.',
  check(at, script, data) {
    const { facts } = at;
    if (!data) {
      return undefined;
    }
    if (facts.verb === 'drop' && facts.type === 'table') {
      const named = { schema: facts.schema, table: facts.name };
      const isOther = !isMain(facts) || isOwnTable(at, script, named);
      return isOther ? undefined : droppedTable(at, script, data, facts.name);
    }
    if (facts.verb === 'dropColumn') {
      const isOther = !isMain(facts) || isOwnColumn(at, script, facts);
      return isOther ? undefined : droppedColumn(at, script, data, facts);
    }
    return undefined;
  },
  describe: describeDrop,
};

function droppedTable(
  at: LintedStatement,
  script: LintedScript,
  data: LintData,
  table: string,
): LintFinding | undefined {
  const found = data.object('table', table);
  if (found?.type !== 'table' || /^create\s+virtual\b/i.test(found.sql)) {
    return undefined;
  }
  const rows = data.rows(table);
  const copies = copiesOf(at, script, table);
  if (rows === 0 || (copies.length > 0 && rows === undefined)) {
    return undefined;
  }
  if (copies.length === 0) {
    return { params: { case: 'table', table, ...(rows !== undefined && { rows }) } };
  }
  const targets = new Set(copies.map(({ target }) => target));
  const counts = [...targets].map((target) => data.rows(target));
  const kept = counts.reduce<number>((sum, count) => sum + (count ?? Infinity), 0);
  const isSummary = copies.some(({ words }) => words.has('distinct') || words.has('group'));
  return kept >= rows! || isSummary
    ? undefined
    : { params: { case: 'partly', table, rows: rows!, kept } };
}

function droppedColumn(
  at: LintedStatement,
  script: LintedScript,
  data: LintData,
  { table, column }: { readonly table: string; readonly column: string },
): LintFinding | undefined {
  if (!data.keeps(table, column) || isColumnRead(at, script, column)) {
    return undefined;
  }
  const rows = data.values(table, column);
  if (rows === 0) {
    return undefined;
  }
  return { params: { case: 'column', table, column, ...(rows !== undefined && { rows }) } };
}

interface Copy {
  /** The table's name now, lower case. */
  readonly target: string;
  readonly words: ReadonlySet<string>;
}

/** The statements that have read a table into others, as far as their words tell. */
function copiesOf({ index, state }: LintedStatement, script: LintedScript, table: string): Copy[] {
  const { renamed } = state;
  return script.statements.slice(0, index).flatMap(({ facts, state: then, words: find }) => {
    const target =
      facts.verb === 'insert'
        ? facts.table
        : facts.verb === 'create' && facts.type === 'table'
          ? facts.name
          : undefined;
    const renamedSince = renamed.slice(then.renames);
    const name = nameBefore(foldName(table), renamedSince);
    if (target === undefined || foldName(target) === name) {
      return [];
    }
    const words = find();
    return words.has('select') && words.has(name)
      ? [{ target: nameAfter(foldName(target), renamedSince), words }]
      : [];
  });
}

type Renames = LintedStatement['state']['renamed'];

function nameBefore(name: string, renamed: Renames): string {
  return renamed.reduceRight((then, [from, to]) => (then === to ? from : then), name);
}

function nameAfter(name: string, renamed: Renames): string {
  return renamed.reduce((now, [from, to]) => (now === from ? to : now), name);
}

/** Whether a statement before has put a column's values elsewhere, as far as its words tell. */
function isColumnRead({ index }: LintedStatement, script: LintedScript, column: string): boolean {
  const name = foldName(column);
  return script.statements.slice(0, index).some(({ facts, statement, words }) => {
    switch (facts.verb) {
      case 'insert':
        return words().has('select') && words().has(name);
      case 'create':
        return facts.type === 'table' && words().has(name);
      case 'update':
        return wordsOf(afterFirstAssignment(statement.text, facts.rest)).has(name);
      default:
        return false;
    }
  });
}

/** An UPDATE without what it sets first: `SET old = NULL` does not read `old`. */
function afterFirstAssignment(text: string, rest: number): string {
  return text.slice(text.indexOf('=', rest) + 1);
}

/** Rows, or a column's values, that go with a DROP. */
function describeDrop(text: LintText, rows: number, t: Translate): LintSentence {
  const args = { table: text('table'), column: text('column'), rows, kept: text('kept') };
  if (text('case') === 'column') {
    return {
      message:
        rows < 0
          ? t('Drops {table}.{column} with all its values.', args)
          : rows === 1
            ? t('Drops {table}.{column}, which has a value in 1 row.', args)
            : t('Drops {table}.{column}, which has values in {rows} rows.', args),
      advice: t('Copy them first if they are still needed.'),
    };
  }
  if (text('case') === 'partly') {
    return {
      message: t('Drops {table} with {rows} rows, of which {kept} were copied before.', args),
      advice: t('Check the condition by which they are copied.'),
    };
  }
  return {
    message:
      rows < 0
        ? t('Drops {table} with all its rows.', args)
        : rows === 1
          ? t('Drops {table} with 1 row.', args)
          : t('Drops {table} with {rows} rows.', args),
    advice: t('Copy them first if they are still needed.'),
  };
}
