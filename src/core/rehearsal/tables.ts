import type { Connection } from '../connection';
import type { SchemaByKey } from '../schema/schema';
import { foldName, quoteName, wordsOf } from '../sql/tokens';

/**
 * Where the tables of a step go: which names they take, and which rows are copied to which, as far as
 * the words of its statements tell. All names as `foldName` makes them.
 */
export class TableTrails {
  /** The names a table has had, the newest last; none where it was dropped. */
  private readonly trails: (string | undefined)[][] = [];
  /** Table → those of which it has rows. */
  private readonly origins = new Map<string, Set<string>>();

  public rename(from: string, to: string): void {
    this.move(from, to);
    this.origins.set(to, new Set([...(this.origins.get(from) ?? []), from]));
    this.origins.delete(from);
  }

  public drop(table: string): void {
    this.move(table, undefined);
  }

  /**
   * Rows are copied.
   * @returns whether some come back to a table of whose name they were before
   */
  public copy(from: readonly string[], to: string): boolean {
    const found = from.flatMap((name) => [name, ...(this.origins.get(name) ?? [])]);
    const origins = new Set([...(this.origins.get(to) ?? []), ...found]);
    origins.delete(to);
    if (origins.size > 0) {
      this.origins.set(to, origins);
    }
    return from.some((name) => this.hasRowsOf(name, to));
  }

  /** Whether a table is known to have rows of another. */
  public has(table: string): boolean {
    return this.origins.has(table);
  }

  public hasRowsOf(table: string, origin: string): boolean {
    return this.origins.get(table)?.has(origin) ?? false;
  }

  /** Whether a table was renamed to this from that name. */
  public wasCalled(table: string, name: string): boolean {
    return this.trails.some((names) => names.at(-1) === table && names.includes(name));
  }

  /**
   * What became of tables: first what lives on, perhaps under another name; then what has taken a
   * name, as a rebuild does, or one that it had for a while.
   *
   * @param before names as written
   * @param now the tables that there are, names as written by names; what is found is taken out
   * @returns the names now, as written, by those before
   */
  public follow(before: readonly string[], now: Map<string, string>): Map<string, string> {
    const pairs = new Map<string, string>();
    const pair = (old: string, name = ''): void => {
      const found = pairs.has(old) ? undefined : now.get(name);
      if (found !== undefined) {
        pairs.set(old, found);
        now.delete(name);
      }
    };
    before.forEach((old) => pair(old, this.nameNow(foldName(old))));
    before.forEach((old) => pair(old, foldName(old)));
    for (const old of before.filter((each) => !pairs.has(each))) {
      this.heirs(foldName(old)).forEach((heir) => pair(old, heir));
    }
    return pairs;
  }

  /** What a table is called now that had this name at first; undefined where it is no more. */
  private nameNow(first: string): string | undefined {
    const trail = this.trails.find(([name]) => name === first);
    return trail ? trail.at(-1) : first;
  }

  /** All names of the tables that took this name, or one of theirs, the newest first. */
  private heirs(first: string): string[] {
    const found = new Set([first]);
    for (const name of found) {
      // A Set yields what is added while it is iterated.
      const trails = this.trails.filter((names) => names.includes(name));
      trails.flat().forEach((each) => each !== undefined && found.add(each));
    }
    return [...found].toReversed();
  }

  private move(from: string, to: string | undefined): void {
    const trail = this.trails.find((names) => names.at(-1) === from);
    if (trail) {
      trail.push(to);
    } else {
      this.trails.push([from, to]);
    }
  }
}

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
    schema: SchemaByKey,
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
