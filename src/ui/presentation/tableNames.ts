import type { CheckResult } from '../../core/rehearsal/rehearsal';
import type { TableShape } from '../../core/schema/schema';
import { type TokenKind, Tokens } from '../../core/sql/tokens';
import { sanitizeLine } from '../../messages/text';

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
    detail: sanitizeLine([type, table].filter(Boolean).join(' · '), 80),
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

/** A table or view as somebody who writes a migration can use it. */
export interface KnownTable extends TableShape {
  /** What the migration does to it. `earlier`: made by the text as it was when it last worked. */
  readonly change?: 'created' | 'changed' | 'dropped' | 'earlier';
  /** Columns that the migration adds, and those that it removes. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/**
 * What the names in a migration can stand for: tables as they are after it, those that it drops, and
 * while its text does not work (which it seldom does in the middle of a word) also those that it made
 * when it last did.
 *
 * @param earlier what was known before this result
 */
export function knownTables(
  { up, before, after }: CheckResult,
  earlier: readonly KnownTable[] = [],
): readonly KnownTable[] {
  const works = up?.verdict.kind === 'works' || up?.verdict.kind === 'schemaOnly';
  const old = byName(before);
  if (!works) {
    const made = earlier.filter(({ change, name }) => {
      return (change === 'created' || change === 'earlier') && !old.has(name.toLowerCase());
    });
    return [
      ...before.map((table) => ({ ...table, added: [], removed: [] })),
      ...made.map((table) => ({ ...table, change: 'earlier' as const })),
    ];
  }
  const now = byName(after);
  return [
    ...after.map((table) => compared(table, old.get(table.name.toLowerCase()))),
    ...before
      .filter(({ name }) => !now.has(name.toLowerCase()))
      .map((table) => ({ ...table, change: 'dropped' as const, added: [], removed: [] })),
  ];
}

/** The table of this name, as SQLite compares names. */
export function tableNamed(tables: readonly KnownTable[], name: string): KnownTable | undefined {
  const wanted = name.toLowerCase();
  return tables.find((table) => table.name.toLowerCase() === wanted);
}

function compared(table: TableShape, old: TableShape | undefined): KnownTable {
  if (!old) {
    return { ...table, change: 'created', added: [], removed: [] };
  }
  const added = missingFrom(old, table);
  const removed = missingFrom(table, old);
  const isSame = JSON.stringify(table) === JSON.stringify(old);
  return { ...table, ...(!isSame && { change: 'changed' as const }), added, removed };
}

function missingFrom(table: TableShape, other: TableShape): string[] {
  const names = new Set(table.columns.map(({ name }) => name.toLowerCase()));
  return other.columns.map(({ name }) => name).filter((name) => !names.has(name.toLowerCase()));
}

function byName(tables: readonly TableShape[]): ReadonlyMap<string, TableShape> {
  return new Map(tables.map((table) => [table.name.toLowerCase(), table]));
}

/** A token of SQL; offsets in UTF-16 units. */
interface NameToken {
  readonly kind: TokenKind;
  /** Without quotes; for symbols, the symbol. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The tokens of the statement around an offset, from the `;` before it to the `;` after it. */
export function tokensAround(text: string, offset: number): readonly NameToken[] {
  const tokens = new Tokens(text);
  let found: NameToken[] = [];
  while (tokens.next()) {
    const { kind, name, start, end } = tokens;
    if (!tokens.isSymbol(';')) {
      found.push({ kind, name, start, end });
    } else if (end > offset) {
      break;
    } else {
      found = [];
    }
  }
  return found;
}

/** The name that an offset is in or at the end of, quoted or not. */
export function nameAt(tokens: readonly NameToken[], offset: number): NameToken | undefined {
  return tokens.find((token) => isName(token) && token.start <= offset && offset <= token.end);
}

function isName({ kind }: NameToken): boolean {
  return kind === 'word' || kind === 'quoted';
}

/** `a.` before the token at this index: `a`. */
function qualifierOf(tokens: readonly NameToken[], index: number): string | undefined {
  const [name, dot] = [tokens[index - 2], tokens[index - 1]];
  return dot?.name === '.' && dot.kind === 'symbol' && name && isName(name) ? name.name : undefined;
}

/** Words that can follow a table's name and are no alias of it. */
const follows = new Set(
  (
    'add after alter and as before begin cross default delete do drop end except for from full group ' +
    'having in indexed inner insert instead intersect is join left limit natural not of on or order ' +
    'outer rename returning right select set then to union update using values when where window with'
  ).split(' '),
);

/** The tables that a statement names, by the names that it has for them: their own and aliases. */
function tableUses(
  tokens: readonly NameToken[],
  tables: readonly KnownTable[],
): ReadonlyMap<string, KnownTable> {
  const byName = new Map(tables.map((table) => [table.name.toLowerCase(), table]));
  const uses = new Map<string, KnownTable>();
  tokens.forEach((token, index) => {
    const table = isName(token) ? byName.get(token.name.toLowerCase()) : undefined;
    if (!table || isDot(tokens[index + 1])) {
      return;
    }
    uses.set(token.name.toLowerCase(), table);
    const next = tokens[index + 1];
    const hasAs = next?.kind === 'word' && next.name.toLowerCase() === 'as';
    const alias = hasAs ? tokens[index + 2] : next;
    if (
      alias &&
      isName(alias) &&
      !(alias.kind === 'word' && follows.has(alias.name.toLowerCase()))
    ) {
      uses.set(alias.name.toLowerCase(), table);
    }
  });
  return uses;
}

function isDot(token: NameToken | undefined): boolean {
  return token?.kind === 'symbol' && token.name === '.';
}
