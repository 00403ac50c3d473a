import type { Connection } from '../connection';
import { wordsOf } from '../sql/wordsOf';

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

  /**
   * The tables whose references must be checked after statements with these words: those that the
   * words name, the children of those, and the same for what their triggers name.
   */
  public toCheck(words: ReadonlySet<string>): string[] {
    if (this.parentsOf.size === 0) {
      return [];
    }
    const touched = this.withTriggers(words);
    return [...this.parentsOf]
      .filter(([child, parents]) => touched.has(child) || [...parents].some((p) => touched.has(p)))
      .map(([child]) => child);
  }

  /** The tables that refer to any of these. */
  public childrenOf(words: ReadonlySet<string>): string[] {
    return [...this.parentsOf]
      .filter(([child, parents]) => [...parents].some((p) => p !== child && words.has(p)))
      .map(([child]) => child);
  }

  private withTriggers(words: ReadonlySet<string>): ReadonlySet<string> {
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
        this.readTable(String(row.name).toLowerCase());
        continue;
      }
      const table = String(row.tbl_name).toLowerCase();
      const named = new Set(this.triggerWords.get(table));
      wordsOf(String(row.sql)).forEach((word) => named.add(word));
      this.triggerWords.set(table, named);
    }
  }

  private readTable(name: string): void {
    const parents = this.connection
      .all(`PRAGMA main.foreign_key_list(${quoteName(name)})`)
      .map((row) => String(row.table).toLowerCase());
    if (parents.length) {
      this.parentsOf.set(name, new Set(parents));
    } else {
      this.parentsOf.delete(name);
    }
  }
}

/** An identifier as SQL text, whatever it contains. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
