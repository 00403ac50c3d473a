import { foldName, Tokens } from './tokens';

/** A table as a statement names it; names as written, without quotes. */
interface Named {
  readonly schema?: string;
  readonly table: string;
}

interface CreateFacts {
  readonly verb: 'create';
  readonly type: 'table' | 'index' | 'view' | 'trigger';
  readonly temp: boolean;
  readonly virtual: boolean;
  readonly unique: boolean;
  readonly ifNotExists: boolean;
  readonly schema?: string;
  readonly name: string;
  /** Offset in the statement after the name. */
  readonly rest: number;
}

interface DropFacts {
  readonly verb: 'drop';
  readonly type: 'table' | 'index' | 'view' | 'trigger';
  readonly schema?: string;
  readonly name: string;
}

interface InsertFacts extends Named {
  readonly verb: 'insert';
  /** `REPLACE` or `INSERT OR …`. */
  readonly hasConflictClause: boolean;
  /** Offset in the statement after the table's name. */
  readonly rest: number;
}

/** What a statement does to what, by its first words alone. */
export type StatementFacts =
  | CreateFacts
  | DropFacts
  | InsertFacts
  | ({ readonly verb: 'update' | 'delete'; readonly rest: number } & Named)
  | ({ readonly verb: 'addColumn'; readonly column: string; readonly rest: number } & Named)
  | ({ readonly verb: 'dropColumn'; readonly column: string } & Named)
  | ({ readonly verb: 'renameTable'; readonly to: string } & Named)
  | ({ readonly verb: 'renameColumn'; readonly from: string; readonly to: string } & Named)
  | { readonly verb: 'other' };

const other = { verb: 'other' } as const;

/** @param text one statement, without leading comments */
export function statementFacts(text: string): StatementFacts {
  const reader = new Reader(text);
  switch (reader.word()) {
    case 'create':
      return create(reader);
    case 'drop':
      return drop(reader);
    case 'alter':
      return alter(reader);
    case 'with':
      return afterCommonTables(reader);
    default:
      return change(reader);
  }
}

/** A cursor that knows words, and names that may be quoted. */
class Reader {
  readonly tokens: Tokens;
  private more: boolean;

  constructor(text: string) {
    this.tokens = new Tokens(text);
    this.more = this.tokens.next();
  }

  get ended(): boolean {
    return !this.more;
  }

  /** The current word in lower case; nothing where it is no bare word. */
  word(): string {
    return this.more && this.tokens.kind === 'word' ? this.tokens.raw.toLowerCase() : '';
  }

  next(): void {
    this.more = this.tokens.next();
  }

  /** Passes these words, as far as they come. */
  skip(...words: readonly string[]): string[] {
    const passed: string[] = [];
    while (words.includes(this.word())) {
      passed.push(this.word());
      this.next();
    }
    return passed;
  }

  /** A name at the cursor, and the schema before it. */
  name(): { schema?: string; name: string; rest: number } | undefined {
    const first = this.part();
    if (first === undefined) {
      return undefined;
    }
    let rest = this.tokens.end;
    this.next();
    if (!this.more || !this.tokens.isSymbol('.')) {
      return { name: first, rest };
    }
    this.next();
    const second = this.part();
    if (second === undefined) {
      return undefined;
    }
    rest = this.tokens.end;
    this.next();
    return { schema: first.toLowerCase(), name: second, rest };
  }

  private part(): string | undefined {
    return this.more && /^(word|quoted|string)$/.test(this.tokens.kind)
      ? this.tokens.name
      : undefined;
  }
}

function typeAt(reader: Reader): CreateFacts['type'] | undefined {
  const word = reader.word();
  return word === 'table' || word === 'index' || word === 'view' || word === 'trigger'
    ? word
    : undefined;
}

function create(reader: Reader): StatementFacts {
  reader.next();
  const modifiers = reader.skip('temp', 'temporary', 'unique', 'virtual');
  const type = typeAt(reader);
  if (!type) {
    return other;
  }
  reader.next();
  const ifNotExists = reader.skip('if', 'not', 'exists').length === 3;
  const named = reader.name();
  return named
    ? {
        verb: 'create',
        type,
        temp: modifiers.some((word) => word.startsWith('temp')) || named.schema === 'temp',
        virtual: modifiers.includes('virtual'),
        unique: modifiers.includes('unique'),
        ifNotExists,
        ...named,
      }
    : other;
}

function drop(reader: Reader): StatementFacts {
  reader.next();
  const type = typeAt(reader);
  if (!type) {
    return other;
  }
  reader.next();
  reader.skip('if', 'exists');
  const named = reader.name();
  return named ? { verb: 'drop', type, schema: named.schema, name: named.name } : other;
}

function alter(reader: Reader): StatementFacts {
  reader.next();
  reader.skip('table');
  const named = reader.name();
  if (!named) {
    return other;
  }
  const table = { schema: named.schema, table: named.name };
  const verb = reader.word();
  reader.next();
  if (verb === 'rename') {
    return rename(reader, table);
  }
  if (verb !== 'add' && verb !== 'drop') {
    return other;
  }
  if (/^(constraint|check|foreign|primary|unique)$/.test(reader.word())) {
    return other; // a table's constraint, in newer versions of SQLite
  }
  reader.skip('column');
  const column = reader.name();
  if (!column) {
    return other;
  }
  return verb === 'add'
    ? { verb: 'addColumn', ...table, column: column.name, rest: column.rest }
    : { verb: 'dropColumn', ...table, column: column.name };
}

/** After RENAME: `TO table`, or `COLUMN a TO b`, in which COLUMN may be left out. */
function rename(reader: Reader, table: Named): StatementFacts {
  if (reader.word() === 'to') {
    reader.next();
    const to = reader.name();
    return to ? { verb: 'renameTable', ...table, to: to.name } : other;
  }
  reader.skip('column');
  const from = reader.name();
  if (!from || reader.word() !== 'to') {
    return other;
  }
  reader.next();
  const to = reader.name();
  return to ? { verb: 'renameColumn', ...table, from: from.name, to: to.name } : other;
}

/** The common tables stand in parentheses; what they are for comes after them. */
function afterCommonTables(reader: Reader): StatementFacts {
  for (let depth = 0; !reader.ended; reader.next()) {
    depth += reader.tokens.isSymbol('(') ? 1 : reader.tokens.isSymbol(')') ? -1 : 0;
    const word = depth === 0 ? reader.word() : '';
    if (/^(insert|replace|update|delete)$/.test(word)) {
      return change(reader);
    }
  }
  return other;
}

function change(reader: Reader): StatementFacts {
  const verb = reader.word();
  if (!/^(insert|replace|update|delete)$/.test(verb)) {
    return other;
  }
  reader.next();
  const skipped = reader.skip(
    ...['or', 'replace', 'rollback', 'abort', 'fail', 'ignore'],
    ...['into', 'from'],
  );
  const named = reader.name();
  if (!named) {
    return other;
  }
  const { rest } = named;
  const table = { schema: named.schema, table: named.name };
  if (verb === 'update' || verb === 'delete') {
    return { verb, ...table, rest };
  }
  const hasConflictClause = verb === 'replace' || skipped.includes('or');
  return { verb: 'insert', ...table, hasConflictClause, rest };
}

/** Whether an INSERT may change or delete rows that are there instead. Reads all of it. */
export function mayReplace(text: string, { hasConflictClause, rest }: InsertFacts): boolean {
  const tokens = new Tokens(text, rest);
  let before = '';
  while (!hasConflictClause && tokens.next()) {
    const word = tokens.kind === 'word' ? tokens.raw.toLowerCase() : '';
    if (before === 'on' && word === 'conflict') {
      return true;
    }
    before = word;
  }
  return hasConflictClause;
}

/** Whether a statement is about one of the database's own, not an attached or temporary one. */
export function isMain({ schema }: { readonly schema?: string }): boolean {
  return schema === undefined || schema === 'main';
}

/**
 * What a CREATE statement makes, in a form in which two that make the same are mostly equal: blanks,
 * comments, quotes, case and the words before the name do not count.
 *
 * @param order false: the order of a table's columns does not count either
 */
export function definition(sql: string, { order = true } = {}): string {
  const facts = statementFacts(sql);
  if (facts.verb !== 'create') {
    return sql;
  }
  const head = `${facts.unique ? 'unique ' : ''}${facts.virtual ? 'virtual ' : ''}${facts.type} `;
  const parts = partsOf(sql, facts.rest);
  const isTable = facts.type === 'table' && !facts.virtual;
  const body = isTable && !order ? parts.slice(1, -1).sort() : parts.slice(1, -1);
  const ends = parts.length > 1 ? [parts[0], body.join(','), parts.at(-1)] : parts;
  return `${head}${foldName(facts.name)} ${ends.join('|')}`;
}

/** What stands before the first parenthesis, between its commas, and after it. */
function partsOf(sql: string, from: number): string[] {
  const tokens = new Tokens(sql, from);
  const parts = [''];
  let isOpen = false;
  for (let depth = 0; tokens.next();) {
    const isComma = depth === 1 && isOpen && tokens.isSymbol(',');
    const opens = depth === 0 && parts.length === 1 && tokens.isSymbol('(');
    depth += tokens.isSymbol('(') ? 1 : tokens.isSymbol(')') ? -1 : 0;
    const closes: boolean = depth === 0 && isOpen && tokens.isSymbol(')');
    isOpen = opens || (isOpen && !closes);
    if (isComma || opens || closes) {
      parts.push('');
    } else if (!tokens.isSymbol(';') || isOpen) {
      parts[parts.length - 1] += ` ${tokenText(tokens)}`;
    }
  }
  return parts;
}

/** A name counts the same with quotes and without. */
function tokenText(tokens: Tokens): string {
  return tokens.kind === 'word' || tokens.kind === 'quoted' ? foldName(tokens.name) : tokens.raw;
}
