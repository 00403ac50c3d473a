import type { Connection } from '../connection';
import { LockstepError } from '../errors';
import { placeAt } from '../sql/positions';
import type { Statement } from '../sql/statements';
import { foldName, quoteName, wordsOf } from '../sql/tokens';
import type { PreparedStep } from './preparedStep';

/**
 * Who refers to whom, kept up to date from the words of each step, so that a run of a thousand
 * migrations does not read the whole schema a thousand times (a whole check per step is quadratic).
 *
 * Names are lower case: SQLite compares identifiers so, for ASCII.
 */
export class ForeignKeyGraph {
  private readonly parentsOf = new Map<string, ReadonlySet<string>>();
  private readonly triggerWords = new Map<string, ReadonlySet<string>>();

  constructor(private readonly connection: Connection) {
    this.reload();
  }

  /** Brings the graph up to date after statements with these words have run. */
  public update(words: ReadonlySet<string>): void {
    if (words.has('rename') || words.has('writable_schema') || words.has('trigger')) {
      this.reload();
      return;
    }
    const mayAdd = words.has('references');
    if (!mayAdd && !words.has('drop')) {
      return;
    }
    for (const word of words) {
      if (mayAdd || this.parentsOf.has(word)) {
        this.readTable(word);
      }
    }
  }

  /** All tables that refer to others, or to themselves. */
  public get children(): readonly string[] {
    return [...this.parentsOf.keys()];
  }

  /**
   * The tables whose references must be checked after statements with these words: those that the
   * words name, the children of those, and the same for what their triggers name.
   */
  public toCheck(words: ReadonlySet<string>): string[] {
    if (this.parentsOf.size === 0) {
      return [];
    }
    const touched = this.withTriggers(words);
    return this.children.filter(
      (child) => touched.has(child) || this.refersTo(child, (parent) => touched.has(parent)),
    );
  }

  /** The tables that refer to any of these, and those that refer to such, but none of these. */
  public descendantsOf(words: ReadonlySet<string>): string[] {
    const found = new Set(words);
    for (let known = 0; known < found.size;) {
      known = found.size;
      this.children
        .filter((child) => this.refersTo(child, (parent) => found.has(parent)))
        .forEach((child) => found.add(child));
    }
    return [...found].filter((name) => !words.has(name));
  }

  /**
   * These words, and those of the triggers that they may fire. To be asked before statements run that
   * may drop triggers.
   */
  public withTriggers(words: ReadonlySet<string>): ReadonlySet<string> {
    if (this.triggerWords.size === 0) {
      return words;
    }
    const touched = new Set(words);
    for (const word of touched) {
      // A Set yields what is added while it is iterated, so this closes over chains of triggers.
      this.triggerWords.get(word)?.forEach((named) => touched.add(named));
    }
    return touched;
  }

  private refersTo(child: string, isMeant: (parent: string) => boolean): boolean {
    return [...this.parentsOf.get(child)!].some(isMeant);
  }

  private reload(): void {
    this.parentsOf.clear();
    this.triggerWords.clear();
    const rows = this.connection.all(
      `SELECT type, name, tbl_name, CASE type WHEN 'trigger' THEN sql END AS sql
         FROM main.sqlite_schema
        WHERE type = 'trigger' OR (type = 'table' AND sql LIKE '%references%')`,
    );
    for (const row of rows) {
      if (row.type === 'table') {
        this.readTable(foldName(String(row.name)));
        continue;
      }
      const table = foldName(String(row.tbl_name));
      const named = new Set(this.triggerWords.get(table));
      wordsOf(String(row.sql)).forEach((word) => named.add(word));
      this.triggerWords.set(table, named);
    }
  }

  private readTable(name: string): void {
    const parents = this.connection
      .all(`PRAGMA main.foreign_key_list(${quoteName(name)})`)
      .map((row) => foldName(String(row.table)));
    if (parents.length) {
      this.parentsOf.set(name, new Set(parents));
    } else {
      this.parentsOf.delete(name);
    }
  }
}

/**
 * With foreign keys on, DROP TABLE of a parent deletes the rows of its cascading children, and theirs,
 * and no check finds anything wrong afterwards. So the rows are counted around it.
 */
export class CascadeLosses {
  private readonly losses: Loss[] = [];

  constructor(
    private readonly connection: Connection,
    private readonly step: PreparedStep,
  ) {}

  /** Runs a statement of the step and notes what went with it. */
  public around(statement: Statement, run: () => void): void {
    const counts = this.isAsked(statement) ? this.countDescendants(statement) : [];
    run();
    for (const { table, rows } of counts) {
      if ((this.countRows(table) ?? 0) < rows) {
        this.losses.push({ table, before: rows, statement });
      }
    }
  }

  /**
   * To be called at the end: the script may have brought the rows back from a copy, or have dropped
   * that table as well.
   * @throws LockstepError `children.vanished`
   */
  public check(): void {
    const { script, ref } = this.step;
    for (const { table, before, statement } of this.losses) {
      const after = this.countRows(table) ?? before;
      if (after < before) {
        throw new LockstepError(
          'children.vanished',
          { migration: ref.id, table, before, after },
          placeAt(script.file, script.text, statement.start),
        );
      }
    }
  }

  private isAsked({ text }: Statement): boolean {
    return this.step.script.foreignKeys && /^drop\b/i.test(text);
  }

  private countDescendants({ text }: Statement): { table: string; rows: number }[] {
    return new ForeignKeyGraph(this.connection)
      .descendantsOf(wordsOf(text))
      .map((table) => ({ table, rows: this.countRows(table) ?? 0 }));
  }

  /** Undefined where there is no such table. */
  private countRows(table: string): number | undefined {
    const name = quoteName(table);
    const isThere = this.connection.all(`PRAGMA main.table_info(${name})`).length > 0;
    return isThere
      ? Number(this.connection.get(`SELECT count(*) AS n FROM main.${name}`)!.n)
      : undefined;
  }
}

/** Rows that went with a table that they referred to. */
interface Loss {
  readonly table: string;
  /** Rows before the statement. */
  readonly before: number;
  readonly statement: Statement;
}
