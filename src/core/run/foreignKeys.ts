import { type Connection, type Row, SqliteError } from '../connection';
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

/** Rows of `child` that point at nothing in `parent` by one of its foreign keys. */
export interface Violations {
  readonly child: string;
  readonly parent: string;
  /** The columns that point. */
  readonly columns: readonly string[];
  readonly count: number;
  /** How many rows point at each missing key; all under one name where they were not told apart. */
  readonly missing: ReadonlyMap<string, number>;
}

/** Counting ends here: whoever has more has a problem that an exact number does not make clearer. */
const countLimit = 100_000;

/**
 * Counts the violated references of these tables. SQLite refuses to check a table one of whose
 * parents has no unique key on the columns ("foreign key mismatch"), though it lets people define
 * such tables; there each reference is looked up, as far as its columns exist.
 */
export function countViolations(connection: Connection, tables: readonly string[]): Violations[] {
  return tables.flatMap((child) => {
    const counts = checked(connection, child);
    return counts?.size === 0
      ? []
      : foreignKeysOf(connection, child).flatMap(
          (key) => violations(connection, child, key, counts && (counts.get(key.id) ?? 0)) ?? [],
        );
  });
}

/** @param counted by SQLite, if it could */
function violations(
  connection: Connection,
  child: string,
  key: ForeignKey,
  counted: number | undefined,
): Violations | undefined {
  if (counted === 0) {
    return undefined;
  }
  const { parent, columns } = key;
  const found = missingKeys(connection, child, key, countLimit) ?? new Map<string, number>();
  const count = counted ?? sum(found);
  // Where the look found something else (types, collations), the number is what can be compared.
  const missing = sum(found) === count ? found : new Map([['', count]]);
  return count > 0 ? { child, parent, columns, count, missing } : undefined;
}

/** Violations by the number of the foreign key; undefined where SQLite cannot check the table. */
function checked(connection: Connection, child: string): Map<number, number> | undefined {
  const counts = new Map<number, number>();
  let seen = 0;
  try {
    for (const row of connection.iterate(`PRAGMA main.foreign_key_check(${quoteName(child)})`)) {
      counts.set(Number(row.fkid), (counts.get(Number(row.fkid)) ?? 0) + 1);
      if (++seen >= countLimit) {
        break;
      }
    }
  } catch (error) {
    if (!(error instanceof SqliteError && error.code === 1)) {
      throw error;
    }
    return undefined;
  }
  return counts;
}

/**
 * The first of `after` that is worse than `before`: more rows point at a missing key, or it was not
 * missing. A table or column of another name may have been renamed: what was violated before under a
 * name that is so no more excuses it.
 */
export function addedViolation(
  before: readonly Violations[],
  after: readonly Violations[],
): Violations | undefined {
  const gone = before.filter((earlier) => !after.some((now) => isSame(earlier, now)));
  return after.find((now) => {
    const same = before.find((earlier) => isSame(earlier, now));
    const renamed = gone.filter(
      ({ child, parent }) => child === now.child || parent === now.parent,
    );
    return ![...(same ? [same] : renamed)].some((earlier) => covers(earlier, now));
  });
}

function isSame(a: Violations, b: Violations): boolean {
  const names = [a, b].map(({ child, parent, columns }) => [child, parent, ...columns]);
  return JSON.stringify(names[0]) === JSON.stringify(names[1]);
}

function covers(before: Violations, after: Violations): boolean {
  return [...after.missing].every(([key, rows]) => rows <= (before.missing.get(key) ?? 0));
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

/** A foreign key of a table, as SQLite lists it. */
interface ForeignKey {
  readonly id: number;
  /** Lower case, as SQLite compares names. */
  readonly parent: string;
  readonly columns: readonly string[];
  /** Of the parent; none are named where its primary key is meant. */
  readonly parentColumns: readonly string[];
}

/** A table's foreign keys. */
function foreignKeysOf(connection: Connection, child: string): ForeignKey[] {
  const keys = new Map<number, ForeignKey>();
  const rows = connection.all(`PRAGMA main.foreign_key_list(${quoteName(child)})`);
  for (const row of rows.sort((a, b) => Number(a.seq) - Number(b.seq))) {
    const id = Number(row.id);
    const known = keys.get(id);
    keys.set(id, {
      id,
      parent: foldName(String(row.table)),
      columns: [...(known?.columns ?? []), foldName(String(row.from))],
      parentColumns: [
        ...(known?.parentColumns ?? []),
        ...(row.to === null ? [] : [String(row.to)]),
      ],
    });
  }
  return [...keys.values()];
}

/**
 * The keys that rows of a table point at and that the parent does not have, each with the number of
 * rows; undefined where the parent has no such columns.
 * @param limit so many keys at most
 */
function missingKeys(
  connection: Connection,
  child: string,
  { parent, columns, parentColumns }: ForeignKey,
  limit: number,
): Map<string, number> | undefined {
  const found = connection.all(`PRAGMA main.table_info(${quoteName(parent)})`);
  const isThere = found.length > 0;
  const named = parentColumns.length > 0 ? parentColumns : primaryKey(found);
  if (isThere && named.length !== columns.length) {
    return undefined;
  }
  const from = columns.map((name) => `c.${quoteName(name)}`);
  const to = named.map((name) => `p.${quoteName(name)}`);
  const join = `LEFT JOIN main.${quoteName(parent)} AS p
      ON ${to.map((name, at) => `${name} = ${from[at]}`).join(' AND ')}`;
  const sql = `SELECT ${from.map((name) => `quote(${name})`).join(" || ',' || ")} AS missing,
      count(*) AS rows
    FROM main.${quoteName(child)} AS c ${isThere ? join : ''}
    WHERE ${from.map((name) => `${name} IS NOT NULL`).join(' AND ')}
      ${isThere ? `AND ${to[0]} IS NULL` : ''}
    GROUP BY 1 LIMIT ${limit}`;
  try {
    return new Map(connection.all(sql).map((row) => [String(row.missing), Number(row.rows)]));
  } catch (error) {
    if (error instanceof SqliteError && error.code === 1) {
      return undefined;
    }
    throw error;
  }
}

function primaryKey(columns: readonly Row[]): string[] {
  return columns
    .filter(({ pk }) => Number(pk) > 0)
    .sort((a, b) => Number(a.pk) - Number(b.pk))
    .map(({ name }) => String(name));
}

/** Rows that went with a table that they referred to. */
interface Loss {
  readonly table: string;
  /** Rows before the statement. */
  readonly before: number;
  readonly statement: Statement;
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
