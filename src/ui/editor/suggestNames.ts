import { oneLine } from '../../messages/text';
import type { KnownTable } from './knownTables';
import { isName, qualifierOf, tokensAround, type NameToken } from './sqlNames';
import { tableUses } from './tableUses';

/** A name to write at an offset. */
export interface Suggestion {
  readonly name: string;
  readonly kind: 'table' | 'view' | 'column';
  /** A column's type and table. */
  readonly detail: string;
  /** The name as SQL, quoted where it has to be. */
  readonly insert: string;
}

interface Suggestions {
  /** What is written already of the name; offsets in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly items: readonly Suggestion[];
}

/** The names that fit at an offset: after `x.` the columns of x, else tables and their columns. */
export function suggestNames(
  text: string,
  offset: number,
  tables: readonly KnownTable[],
): Suggestions | undefined {
  const tokens = tokensAround(text, offset);
  const at = tokens.findIndex(({ start, end }) => start < offset && offset <= end);
  const current = tokens[at];
  const isWriting = current !== undefined && isName(current);
  const isAfterDot = current?.kind === 'symbol' && offset === current.end;
  if ((current && !isWriting && !isAfterDot) || (!current && isInComment(text, tokens, offset))) {
    return undefined;
  }
  const next = isWriting ? at : tokens.filter(({ end }) => end <= offset).length;
  const others = tokens.filter((token) => token !== current);
  const uses = tableUses(others, tables);
  const qualifier = qualifierOf(tokens, next)?.toLowerCase();
  const range = isWriting
    ? { start: current.start, end: current.end }
    : { start: offset, end: offset };
  if (qualifier !== undefined && !/^(main|temp)$/.test(qualifier)) {
    const table =
      uses.get(qualifier) ?? tables.find(({ name }) => name.toLowerCase() === qualifier);
    return table && { ...range, items: columnsOf(table) };
  }
  const columns = qualifier === undefined ? [...new Set(uses.values())].flatMap(columnsOf) : [];
  return { ...range, items: [...columns, ...tables.filter(isThere).map(tableItem)] };
}

function isThere({ change }: KnownTable): boolean {
  return change !== 'dropped';
}

function tableItem({ name, type }: KnownTable): Suggestion {
  return { name, kind: type === 'view' ? 'view' : 'table', detail: '', insert: asSql(name) };
}

function columnsOf({ name: table, columns }: KnownTable): Suggestion[] {
  return columns.map(({ name, type }) => ({
    name,
    kind: 'column',
    detail: oneLine([type, table].filter(Boolean).join(' · '), 80),
    insert: asSql(name),
  }));
}

/** Between two tokens there are blanks and comments. */
function isInComment(text: string, tokens: readonly NameToken[], offset: number): boolean {
  const from = tokens.filter(({ end }) => end <= offset).at(-1)?.end ?? 0;
  const gap = text.slice(Math.max(from, offset - 10_000), offset);
  const line = gap.slice(gap.lastIndexOf('\n') + 1);
  return line.includes('--') || gap.lastIndexOf('/*') > gap.lastIndexOf('*/');
}

/** Words that SQLite takes for no name (https://www.sqlite.org/lang_keywords.html, tried one by one). */
const reserved = new Set(
  (
    'add all alter and as autoincrement between case cast check collate commit constraint create ' +
    'current_date current_time current_timestamp default deferrable delete distinct drop else escape ' +
    'except exists foreign from group having if in index insert intersect into is isnull join limit ' +
    'not nothing notnull null on or order primary raise references returning select set table then ' +
    'to transaction union unique update using values when where'
  ).split(' '),
);

function asSql(name: string): string {
  const isPlain = /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(name) && !reserved.has(name.toLowerCase());
  return isPlain ? name : `"${name.replaceAll('"', '""')}"`;
}
