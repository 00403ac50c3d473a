import type { Direction, Script } from '../model';
import { isNonTransactionalPragma, type PreparedScript, prepareScript } from '../sql/prepareScript';
import { outerTransaction, scriptSections } from '../sql/script';
import {
  splitStatements,
  type Statement,
  statementKind,
  type StatementKind,
} from '../sql/statements';
import { statementFacts, type StatementFacts } from '../sql/statementFacts';
import { foldName, Tokens, wordsOf } from '../sql/tokens';

/** A script with all its statements, those too that Lockstep leaves out. */
export interface LintedScript {
  readonly script: Script;
  readonly direction: Direction;
  readonly prepared: PreparedScript;
  readonly statements: readonly LintedStatement[];
  /** The indices of an outer BEGIN and COMMIT, which are left out. */
  readonly outer: readonly number[];
  readonly made: Made;
  /** What it makes itself, by its text alone. */
  readonly makes: Made;
  /** Index of the last statement that is about schema or data; -1 where there is none. */
  readonly lastWork: number;
  /** Index of the first statement that cannot be in a transaction; -1 where there is none. */
  readonly firstNonTransactional: number;
}

export interface LintedStatement {
  readonly index: number;
  readonly statement: Statement;
  readonly kind: StatementKind;
  readonly facts: StatementFacts;
  /** What the statements before it have done, as far as the text tells. */
  readonly state: ScriptState;
  /** See `wordsOf`; found once. */
  words(): ReadonlySet<string>;
}

/** What the up script has made, for the down script: lower-case tables, and columns as `table.column`. */
export type Made = ReadonlySet<string>;

/** @throws LockstepError `migrations.invalid`, `sql.parameters` */
export function lintedScript(script: Script, direction: Direction, made: Made): LintedScript {
  const prepared = prepareScript(script);
  const found = scriptSections(script).flatMap(({ start, end }) =>
    splitStatements(script.text, start, end),
  );
  const kinds = found.map(({ text }) => statementKind(text));
  const outer = outerTransaction(kinds);
  const walk = new ScriptWalk(script, prepared.mode);
  const statements = found.map((statement, index): LintedStatement => {
    let words: ReadonlySet<string> | undefined;
    const linted = {
      index,
      statement,
      kind: kinds[index],
      facts: statementFacts(statement.text),
      state: walk.stateBefore(index),
      words: () => (words ??= wordsOf(statement.text)),
    };
    walk.pass(linted);
    return linted;
  });
  return {
    script,
    direction,
    prepared,
    statements,
    outer,
    made,
    makes: walk.made,
    lastWork: kinds.findLastIndex(({ kind }) => !/^(pragma|begin|commit|rollback)$/.test(kind)),
    firstNonTransactional: kinds.findIndex(isNonTransactionalPragma),
  };
}

/** Whether a table was made by the script itself, is temporary, or was made by what it undoes. */
export function isOwnTable(
  { state }: LintedStatement,
  { made }: LintedScript,
  { schema, table }: { readonly schema?: string; readonly table: string },
): boolean {
  const name = foldName(table);
  return schema === 'temp' || state.created.has(name) || made.has(name);
}

/** The same for a column. */
export function isOwnColumn(
  at: LintedStatement,
  script: LintedScript,
  named: { readonly schema?: string; readonly table: string; readonly column: string },
): boolean {
  const column = foldName(`${named.table}.${named.column}`);
  return isOwnTable(at, script, named) || at.state.added.has(column) || script.made.has(column);
}

/** What a PRAGMA that is on or off is set to; undefined where that is not plain. */
export function pragmaSwitch(text: string): boolean | undefined {
  const value = pragmaValue(text);
  return /^(1|on|yes|true)$/.test(value)
    ? true
    : /^(0|off|no|false)$/.test(value)
      ? false
      : undefined;
}

/** What a PRAGMA is set to, in lower case; empty where nothing is. */
export function pragmaValue(text: string): string {
  const tokens = new Tokens(text);
  let sets = false;
  while (tokens.next()) {
    if (sets) {
      return tokens.name.toLowerCase();
    }
    sets = tokens.isSymbol('=') || tokens.isSymbol('(');
  }
  return '';
}

/** What a script has done before one of its statements, as far as its text tells. Lower case. */
interface ScriptState {
  /** Tables that the script made itself. */
  readonly created: NamesBefore;
  /** Columns that it added, as `table.column`. */
  readonly added: NamesBefore;
  /** Tables that it renamed, from and to, in order. */
  readonly renamed: readonly (readonly [string, string])[];
  /** How many they are. */
  readonly renames: number;
  readonly inTransaction: boolean;
  readonly foreignKeys: boolean;
}

/** Goes through the statements of a script, in order. */
class ScriptWalk {
  private readonly created = new NameHistory();
  private readonly added = new NameHistory();
  private readonly renamed: (readonly [string, string])[] = [];
  private inTransaction: boolean;
  private foreignKeys: boolean;

  constructor(
    { foreignKeys }: Pick<Script, 'foreignKeys'>,
    private readonly mode: 'transaction' | 'nonTransactional',
  ) {
    this.inTransaction = mode === 'transaction';
    this.foreignKeys = foreignKeys;
  }

  /** Tables and columns that were made so far, and are there. */
  get made(): ReadonlySet<string> {
    return new Set([...this.created.names, ...this.added.names]);
  }

  /** How things stand before the next statement. */
  stateBefore(index: number): ScriptState {
    const { created, added, renamed, inTransaction, foreignKeys } = this;
    const renames = renamed.length;
    return {
      created: created.before(index),
      added: added.before(index),
      get renamed() {
        return renamed.slice(0, renames);
      },
      renames,
      inTransaction,
      foreignKeys,
    };
  }

  pass({
    index,
    kind,
    facts,
    statement,
  }: Pick<LintedStatement, 'index' | 'kind' | 'facts' | 'statement'>): void {
    switch (facts.verb) {
      case 'create':
        if (facts.type === 'table' || facts.type === 'view') {
          this.created.add(foldName(facts.name), index);
        }
        return;
      case 'addColumn':
        return this.added.add(foldName(`${facts.table}.${facts.column}`), index);
      case 'renameTable':
        return this.rename(foldName(facts.table), foldName(facts.to), index);
      default:
    }
    if (kind.kind === 'begin') {
      this.inTransaction = true;
    } else if (kind.kind === 'commit' || kind.kind === 'rollback') {
      this.inTransaction &&= this.mode !== 'nonTransactional';
    } else if (kind.kind === 'pragma' && kind.name === 'foreign_keys' && kind.sets) {
      const wanted = this.inTransaction ? undefined : pragmaSwitch(statement.text);
      this.foreignKeys = wanted ?? this.foreignKeys;
    }
  }

  private rename(from: string, to: string, at: number): void {
    if (this.created.delete(from, at)) {
      this.created.add(to, at);
    }
    for (const column of [...this.added.names]) {
      if (column.startsWith(`${from}.`)) {
        this.added.delete(column, at);
        this.added.add(to + column.slice(from.length), at);
      }
    }
    this.renamed.push([from, to]);
  }
}

/**
 * The names that a script makes and takes away, as they are before each of its statements: without a
 * copy for each, which ten thousand of them would have no room for.
 */
export class NameHistory {
  private readonly spans = new Map<string, Span[]>();
  private readonly current = new Set<string>();

  /** The names after all statements so far. */
  get names(): ReadonlySet<string> {
    return this.current;
  }

  /** @param at index of the statement that makes it, not before any other so far */
  add(name: string, at: number): void {
    if (!this.current.has(name)) {
      this.current.add(name);
      const spans = this.spans.get(name) ?? [];
      spans.push({ from: at, until: Infinity });
      this.spans.set(name, spans);
    }
  }

  /** @returns whether it was there */
  delete(name: string, at: number): boolean {
    const span = this.current.delete(name) ? this.spans.get(name)?.at(-1) : undefined;
    if (span) {
      span.until = at;
    }
    return span !== undefined;
  }

  /** @param index of a statement */
  before(index: number): NamesBefore {
    return {
      has: (name) =>
        (this.spans.get(name) ?? []).some(({ from, until }) => from < index && index <= until),
    };
  }
}

/** The names that were there before one statement. */
interface NamesBefore {
  has(name: string): boolean;
}

interface Span {
  /** The statement that made the name; it is there after it. */
  readonly from: number;
  /** The statement that took it away. */
  until: number;
}
