import { type Connection, type Row, SqliteError } from '../connection';
import type { Place } from '../errors';
import type { Direction } from '../model';
import { foldName, quoteName } from '../sql/tokens';
import type { LintedScript, LintedStatement } from './lintScript';

/**
 * A rule: what it is called, what it finds and how that is said. Adding one is its file here, a line in
 * `rules.ts`, its tests and a heading in docs/lint.md; `npm run fmt` adds its setting.
 */
export interface LintRule {
  /** What settings, comments and docs/lint.md call it. */
  readonly name: string;
  /** What it finds, in one sentence of Markdown: its setting's description. */
  readonly summary: string;
  /**
   * Looks at one statement. Where it cannot be sure it finds nothing: false alarms are worse than
   * misses. Absent where it is about the migration as a whole.
   *
   * @param data absent where the statement was not reached
   */
  check?(
    at: LintedStatement,
    script: LintedScript,
    data: LintData | undefined,
  ): LintFinding | undefined;
  /** @param rows the parameter of that name; -1 where it is not known */
  describe(text: LintText, rows: number, t: Translate): LintSentence;
}

/** What a rule has found. */
export interface LintFinding {
  /** For the sentence: names and counts; `case` where a rule has several. */
  readonly params: Readonly<Record<string, string | number>>;
  /** It may go, and changes nothing: worth no more than an information, whatever the rule's level. */
  readonly harmless?: boolean;
}

/** Something in a migration that is dangerous on SQLite, although it may well run. Plain data. */
export interface LintWarning extends LintFinding {
  /** The rule's name. */
  readonly rule: string;
  readonly direction: Direction;
  /** Where its statement begins; of a down script that is another file, in that. */
  readonly place: Place;
  /** The statement's text, perhaps cut at the end. */
  readonly statement: string;
}

/** How loud a rule is, as its setting says. */
export type LintLevel = 'error' | 'warning' | 'info' | 'off';

/** One of a finding's parameters, as a text that is safe to show. */
export type LintText = (param: string) => string;

/** Fills in an English sentence with `{name}` placeholders, which may be translated. */
export type Translate = (message: string, args?: Record<string, string | number>) => string;

/** A finding in words. */
export interface LintSentence {
  readonly message: string;
  readonly detail?: string;
  /** What to do about it. */
  readonly advice: string;
}

interface FoundObject {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

/** A table that refers to another. */
interface ChildTable {
  readonly child: string;
  /** The first of its columns that do. */
  readonly column: string;
  readonly onDelete: string;
}

/** The copy as it is just before a statement runs. Reads only. */
export class LintData {
  /**
   * @param hasRows the copy has the rows, not only the schema
   * @param budget how many queries may still be made; after that nothing is known
   */
  constructor(
    private readonly connection: Connection,
    private readonly hasRows: boolean,
    private readonly budget: { queries: number },
  ) {}

  /** @returns undefined where that is not known */
  rows(table: string): number | undefined {
    return this.hasRows
      ? this.number(`SELECT count(*) AS n FROM main.${quoteName(table)}`)
      : undefined;
  }

  /** How many rows have a value in a column. */
  values(table: string, column: string): number | undefined {
    return this.hasRows
      ? this.number(`SELECT count(${quoteName(column)}) AS n FROM main.${quoteName(table)}`)
      : undefined;
  }

  /** What has a name: a table or view, an index, or a trigger. */
  object(kind: 'table' | 'index' | 'trigger', name: string): FoundObject | undefined {
    const [row] =
      this.ask(
        `SELECT type, name, sql FROM main.sqlite_schema WHERE lower(name) = lower(?1)
            AND type IN (?2, CASE ?2 WHEN 'table' THEN 'view' ELSE ?2 END)`,
        name,
        kind,
      ) ?? [];
    return row && { type: String(row.type), name: String(row.name), sql: String(row.sql ?? '') };
  }

  /** Whether a table has a column that keeps values: none that is generated. */
  keeps(table: string, column: string): boolean {
    const rows = this.ask(`PRAGMA main.table_xinfo(${quoteName(table)})`) ?? [];
    return rows.some(
      ({ name, hidden }) => Number(hidden) === 0 && foldName(String(name)) === foldName(column),
    );
  }

  childrenOf(table: string): ChildTable[] {
    const rows = this.ask(
      `SELECT t.name AS child, f."from" AS "column", f.on_delete AS onDelete
         FROM main.sqlite_schema AS t, pragma_foreign_key_list(t.name) AS f
        WHERE t.type = 'table' AND lower(f."table") = lower(?1) AND lower(t.name) <> lower(?1)
        GROUP BY t.name, f.on_delete`,
      table,
    );
    return (rows ?? []).map(({ child, column, onDelete }) => ({
      child: String(child),
      column: String(column),
      onDelete: String(onDelete),
    }));
  }

  /** A PRAGMA's value as text. */
  pragma(name: string): string | undefined {
    const [row] = this.ask(`PRAGMA ${name}`) ?? [];
    return row && String(Object.values(row)[0]);
  }

  /** @returns undefined where SQLite refuses */
  ask(sql: string, ...params: string[]): Row[] | undefined {
    if (this.budget.queries-- <= 0) {
      return undefined;
    }
    try {
      return this.connection.all(sql, ...params);
    } catch (error) {
      if (error instanceof SqliteError) {
        return undefined;
      }
      throw error;
    }
  }

  private number(sql: string): number | undefined {
    const [row] = this.ask(sql) ?? [];
    return row && Number(row.n);
  }
}
