import { type Connection, SqliteError } from '../connection';
import {
  columnsOf,
  type SchemaByKey,
  type SchemaChange,
  schemaChanges,
  type SchemaReader,
  withoutShadows,
} from '../schema/schema';
import type { TableChange } from '../schema/tableChanges';
import { isMain, mayReplace, statementFacts, type StatementFacts } from '../sql/statementFacts';
import { foldName, quoteName, wordsOf } from '../sql/tokens';
import { type KnownLinks, TableTrails, TouchedTables } from './tables';

/** Observes one step on a copy: what a table was before it was first touched, and what became of it. */
export class StepObserver {
  private readonly before: SchemaByKey;
  private readonly tablesBefore = new Map<string, TableBefore>();
  /** Their names, lower case. */
  private readonly seen = new Set<string>();
  private readonly tallies = new Map<string, RowTally>();
  /** Lower case. */
  private readonly uncounted = new Set<string>();
  private readonly renamed: Extract<StatementFacts, { verb: 'renameColumn' }>[] = [];
  private readonly recreated = new RecreatedColumns();
  private readonly trails = new TableTrails();
  /** All that the step names, and all that the current statement does. */
  private readonly words = new Set<string>();
  private current: ReadonlySet<string> = new Set();
  private distrusted = false;
  private touched: TouchedTables | undefined;

  constructor(
    connection: Connection,
    private readonly reader: SchemaReader,
    private readonly options: {
      readonly rows: boolean;
      readonly foreignKeys: boolean;
      readonly known: KnownLinks;
    },
  ) {
    this.before = reader.read(connection);
  }

  public beforeStatement(connection: Connection, sql: string): void {
    this.touched ??= new TouchedTables(connection, this.reader.read(connection), this.options);
    const words = wordsOf(sql);
    words.forEach((word) => this.words.add(word));
    this.current = words;
    for (const table of changesNothing(sql, words) ? [] : this.touched.by(words)) {
      const known = this.before.get(`table ${table}`);
      if (known && !this.tablesBefore.has(table)) {
        const rows = this.options.rows ? countRows(connection, table) : undefined;
        this.tablesBefore.set(table, { rows, columns: columnsOf(connection, table) });
        this.seen.add(foldName(table));
      }
    }
    if (['trigger', 'references', 'rename', 'writable_schema'].some((word) => words.has(word))) {
      this.touched = undefined; // other statements may lead elsewhere now
    }
  }

  public afterStatement(connection: Connection, sql: string): void {
    const facts = statementFacts(sql);
    switch (facts.verb) {
      case 'insert':
        this.recreated.copied(this.current);
        return this.count(connection, facts, mayReplace(sql, facts));
      case 'update':
      case 'delete':
        this.recreated.copied(this.current);
        return this.count(connection, facts);
      case 'create':
        if (facts.type === 'table' && !facts.virtual) {
          this.recreated.copied(this.current);
          this.copied(foldName(facts.name));
        }
        return;
      case 'drop':
        if (facts.type === 'table' && isMain(facts)) {
          this.trails.drop(foldName(facts.name));
        }
        return;
      case 'renameTable':
        return isMain(facts) ? this.rename(foldName(facts.table), foldName(facts.to)) : undefined;
      case 'renameColumn':
        if (isMain(facts)) {
          this.renamed.push(facts);
        }
        return;
      case 'addColumn':
      case 'dropColumn':
        return this.recreated.altered(facts);
      case 'other':
        if (/^rollback\b/i.test(sql)) {
          this.distrustCounts();
          this.reader.forget();
          this.touched = undefined;
        }
    }
  }

  /** Some statements were undone: only the numbers of rows before and after are certain now. */
  public distrustCounts(): void {
    this.distrusted = true;
  }

  public finish(connection: Connection): { schema: SchemaChange[]; tables: TableChange[] } {
    const after = this.reader.read(connection, this.words);
    const schema = schemaChanges(this.before, after);
    return { schema, tables: this.tableChanges(connection, after).filter(isNoteworthy) };
  }

  private count(connection: Connection, facts: RowFacts, replaces = false): void {
    const key = foldName(facts.table);
    if (facts.verb === 'insert' && this.copied(key)) {
      this.inherit(key);
      if (!replaces) {
        return; // rows of its own come back: what is missing of them, the number of rows tells
      }
    }
    if (!isMain(facts)) {
      return;
    }
    if (this.options.rows) {
      const tally = this.tallies.get(key) ?? new RowTally();
      tally.add(facts.verb, Number(connection.get('SELECT changes() AS n')!.n), replaces);
      this.tallies.set(key, tally);
    } else if (facts.verb === 'delete') {
      this.uncounted.add(key);
    }
  }

  /** @returns whether the current statement copies to a table what was in one of its name */
  private copied(table: string): boolean {
    if (!this.current.has('select')) {
      return false;
    }
    const from = [...this.current].filter((word) => this.seen.has(word) || this.trails.has(word));
    return this.trails.copy(from, table);
  }

  /** What was counted of a table that was renamed counts for the one that takes its place. */
  private inherit(table: string): void {
    const former = [...this.current].find((word) => this.trails.wasCalled(word, table));
    const tally = former !== undefined && this.tallies.get(former);
    if (tally && !this.tallies.has(table)) {
      this.tallies.set(table, tally.copy());
    }
  }

  private rename(from: string, to: string): void {
    const tally = this.tallies.get(from);
    this.tallies.delete(from);
    // A table that takes another's place has that one's rows, which were not added.
    if (tally && !this.trails.hasRowsOf(from, to)) {
      this.tallies.set(to, tally);
    }
    if (this.uncounted.has(from)) {
      this.uncounted.add(to);
    }
    this.trails.rename(from, to);
  }

  private tableChanges(connection: Connection, after: SchemaByKey): TableChange[] {
    const now = new Map<string, string>();
    for (const { type, name } of after.values()) {
      if (type === 'table') {
        now.set(foldName(name), name);
      }
    }
    const touched = [...this.tablesBefore.keys()];
    const pairs = this.trails.follow(touched, now);
    const isFresh = (name: string): boolean =>
      now.has(foldName(name)) &&
      (!this.before.has(`table ${name}`) || this.seen.has(foldName(name)));
    const gone = touched.filter((old) => !pairs.has(old));
    return [
      ...[...pairs].map(([old, name]) => this.change(connection, old, name)),
      ...tablesOf(after)
        .filter(isFresh)
        .map((name) => this.change(connection, undefined, name)),
      ...gone.map((old) => this.change(connection, old, undefined)),
    ];
  }

  private change(
    connection: Connection,
    from: string | undefined,
    to: string | undefined,
  ): TableChange {
    const before = from === undefined ? undefined : this.tablesBefore.get(from);
    const { rows } = this.options;
    const rowsAfter = to !== undefined && rows ? countRows(connection, to) : undefined;
    const key = foldName((to ?? from)!);
    const tally = (!this.distrusted && this.tallies.get(key)) || new RowTally();
    const settled = tally.settle(before?.rows ?? 0, rowsAfter ?? 0);
    const own = this.renamed.filter(({ table }) => isSame(table, from) || isSame(table, to));
    return {
      table: (to ?? from)!,
      ...(from !== undefined && to !== undefined && from !== to && { renamedFrom: from }),
      rowsBefore: before?.rows,
      rowsAfter,
      created: from === undefined,
      dropped: to === undefined,
      ...(rows ? settled : { rowsAdded: 0, rowsRemoved: 0, rowsChanged: 0 }),
      ...(this.uncounted.has(key) && { uncounted: true }),
      ...columnChanges(
        before?.columns ?? [],
        from === undefined || to === undefined ? [] : columnsOf(connection, to),
        to === undefined ? [] : own,
        (column) =>
          [from, to].some((table) => table !== undefined && this.recreated.has(table, column)),
      ),
    };
  }
}

interface TableBefore {
  readonly rows: number | undefined;
  readonly columns: readonly string[];
}

/** A new table or index that is not filled: the rows of those that it refers to stay as they are. */
function changesNothing(sql: string, words: ReadonlySet<string>): boolean {
  return /^create\b/i.test(sql) && !words.has('select') && !words.has('trigger');
}

function columnChanges(
  before: readonly string[],
  after: readonly string[],
  renames: readonly { readonly from: string; readonly to: string }[],
  isRecreated: (column: string) => boolean,
): Pick<TableChange, 'columnsAdded' | 'columnsRemoved' | 'columnsRenamed'> {
  if (before.length === 0 || after.length === 0) {
    return { columnsAdded: [], columnsRemoved: [], columnsRenamed: [] };
  }
  const stays = (name: string, others: readonly string[]): boolean =>
    others.some((other) => isSame(other, name)) && !isRecreated(name);
  const columnsAdded = after.filter((name) => !stays(name, before));
  const columnsRemoved = before.filter((name) => !stays(name, after));
  const columnsRenamed: { from: string; to: string }[] = [];
  for (const name of [...columnsRemoved]) {
    // A column may be renamed more than once in a step.
    let to = name;
    renames.forEach((rename) => (to = isSame(rename.from, to) ? rename.to : to));
    const added = columnsAdded.findIndex((each) => isSame(each, to));
    if (added >= 0 && !isSame(name, to)) {
      columnsRenamed.push({ from: name, to: columnsAdded[added] });
      columnsAdded.splice(added, 1);
      columnsRemoved.splice(columnsRemoved.indexOf(name), 1);
    }
  }
  return { columnsAdded, columnsRemoved, columnsRenamed };
}

function isNoteworthy(change: TableChange): boolean {
  const { created, dropped, renamedFrom, rowsAdded, rowsRemoved, rowsChanged } = change;
  const { columnsAdded, columnsRemoved, columnsRenamed, uncounted } = change;
  return (
    created ||
    uncounted === true ||
    dropped ||
    renamedFrom !== undefined ||
    rowsAdded + rowsRemoved + rowsChanged > 0 ||
    columnsAdded.length + columnsRemoved.length + columnsRenamed.length > 0
  );
}

/** Ordinary tables. */
function tablesOf(schema: SchemaByKey): string[] {
  return withoutShadows([...schema.values()])
    .filter(({ type, sql }) => type === 'table' && !/^create\s+virtual\b/i.test(sql))
    .map(({ name }) => name);
}

function countRows(connection: Connection, table: string): number | undefined {
  try {
    return Number(connection.get(`SELECT count(*) AS n FROM main.${quoteName(table)}`)!.n);
  } catch (error) {
    if (error instanceof SqliteError) {
      return undefined; // a table that this engine cannot read; the step itself does not
    }
    throw error;
  }
}

function isSame(a: string, b: string | undefined): boolean {
  return b !== undefined && foldName(a) === foldName(b);
}

type RowFacts = Extract<StatementFacts, { verb: 'insert' | 'update' | 'delete' }>;

type ColumnFacts = Extract<StatementFacts, { verb: 'addColumn' | 'dropColumn' }>;

/** Counts what the statements of a step say they did to one table. */
class RowTally {
  private inserted = 0;
  /** Inserted, or updated or replaced instead: which of it only the number of rows tells. */
  private insertedOrChanged = 0;
  private updated = 0;
  private deleted = 0;

  /** @param mayReplace of an INSERT */
  public add(verb: RowFacts['verb'], rows: number, mayReplace: boolean): void {
    switch (verb) {
      case 'insert':
        if (mayReplace) {
          this.insertedOrChanged += rows;
        } else {
          this.inserted += rows;
        }
        break;
      case 'update':
        this.updated += rows;
        break;
      case 'delete':
        this.deleted += rows;
        break;
      default: // no rows of a table
    }
  }

  public copy(): RowTally {
    return Object.assign(new RowTally(), this);
  }

  /**
   * What it comes to, given the numbers of rows before and after: what the statements do not explain
   * was done by triggers, references or conflicts.
   */
  public settle(
    before: number,
    after: number,
  ): { rowsAdded: number; rowsRemoved: number; rowsChanged: number } {
    let unexplained = after - before - (this.inserted - this.deleted);
    const fresh = Math.min(Math.max(unexplained, 0), this.insertedOrChanged);
    unexplained -= fresh;
    return {
      rowsAdded: this.inserted + fresh + Math.max(unexplained, 0),
      rowsRemoved: this.deleted + Math.max(-unexplained, 0),
      rowsChanged: this.updated + this.insertedOrChanged - fresh,
    };
  }
}

/**
 * Columns that a step drops and adds anew: their names stay, what was in them does not, unless a
 * statement before has put it elsewhere, as far as its words tell. Names as `foldName` makes them.
 */
class RecreatedColumns {
  private readonly read = new Set<string>();
  private readonly dropped = new Set<string>();
  private readonly recreated = new Set<string>();

  /** A statement has changed rows. @param words see `wordsOf` */
  public copied(words: ReadonlySet<string>): void {
    if (words.has('select') || words.has('set')) {
      words.forEach((word) => this.read.add(word));
    }
  }

  public altered({ verb, table, column }: ColumnFacts): void {
    const name = foldName(`${table}.${column}`);
    if (verb === 'addColumn') {
      if (this.dropped.has(name)) {
        this.recreated.add(name);
      }
    } else if (!this.read.has(foldName(column))) {
      this.dropped.add(name);
    }
  }

  public has(table: string, column: string): boolean {
    return this.recreated.has(foldName(`${table}.${column}`));
  }
}
