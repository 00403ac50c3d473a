import type { Connection } from '../connection';
import { quoteName } from '../run/foreignKeyGraph';
import { foldName } from '../sql/foldName';
import { wordsOf } from '../sql/wordsOf';
import type { FoundSchema } from './schemaReader';

/**
 * What triggers and references lead to, by the SQL that says so: of hundreds of migrations each looks
 * at hundreds of tables, of which it changes one.
 */
export class KnownLinks {
  private readonly links = new Map<string, readonly string[]>();

  public of(sql: string, find: () => readonly string[]): readonly string[] {
    const links = this.links.get(sql) ?? find();
    this.links.set(sql, links);
    return links;
  }
}

/**
 * Which tables a statement may change: those it names, those that the triggers of these name, and,
 * where foreign keys are on, those that refer to them.
 */
export class TouchedTables {
  /** Lower-case name → the name as written. */
  private readonly tables = new Map<string, string>();
  /** Lower-case name of a table or view → what its triggers and references lead to. */
  private readonly leads = new Map<string, Set<string>>();

  constructor(
    private readonly connection: Connection,
    schema: FoundSchema,
    { foreignKeys, known }: { readonly foreignKeys: boolean; readonly known: KnownLinks },
  ) {
    for (const { type, name, table, sql } of schema.values()) {
      if (type === 'trigger') {
        known.of(sql, () => [...wordsOf(sql)]).forEach((word) => this.lead(table, word));
      } else if (type === 'table' && !/^create\s+virtual\b/i.test(sql)) {
        this.tables.set(foldName(name), name);
        if (foreignKeys && /references/i.test(sql)) {
          known
            .of(sql, () => this.parentsOf(name))
            .forEach((parent) => this.lead(parent, foldName(name)));
        }
      }
    }
  }

  /** @param words of the statement, lower case */
  public by(words: ReadonlySet<string>): string[] {
    const reached = new Set(words);
    const found: string[] = [];
    for (const word of reached) {
      // A Set yields what is added while it is iterated, so this closes over chains.
      this.leads.get(word)?.forEach((next) => reached.add(next));
      const table = this.tables.get(word);
      if (table !== undefined) {
        found.push(table);
      }
    }
    return found;
  }

  private lead(from: string, to: string): void {
    const key = foldName(from);
    const known = this.leads.get(key) ?? new Set();
    known.add(to);
    this.leads.set(key, known);
  }

  private parentsOf(table: string): string[] {
    return this.connection
      .all(`PRAGMA main.foreign_key_list(${quoteName(table)})`)
      .map((row) => String(row.table));
  }
}
