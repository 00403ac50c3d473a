import { statementFacts } from '../lint/statementFacts';
import { foldName } from '../sql/foldName';

/**
 * Columns that a step drops and adds anew: their names stay, what was in them does not, unless a
 * statement before has put it elsewhere, as far as its words tell. Names as `foldName` makes them.
 */
export class RemadeColumns {
  private readonly read = new Set<string>();
  private readonly dropped = new Set<string>();
  private readonly remade = new Set<string>();

  /** A statement has changed rows. @param words see `wordsOf` */
  public copied(words: ReadonlySet<string>): void {
    if (words.has('select') || words.has('set')) {
      words.forEach((word) => this.read.add(word));
    }
  }

  /** @param sql a statement that alters a table */
  public altered(sql: string): void {
    const facts = statementFacts(sql);
    if (facts.verb !== 'dropColumn' && facts.verb !== 'addColumn') {
      return;
    }
    const name = foldName(`${facts.table}.${facts.column}`);
    if (facts.verb === 'addColumn') {
      if (this.dropped.has(name)) {
        this.remade.add(name);
      }
    } else if (!this.read.has(foldName(facts.column))) {
      this.dropped.add(name);
    }
  }

  public has(table: string, column: string): boolean {
    return this.remade.has(foldName(`${table}.${column}`));
  }
}
