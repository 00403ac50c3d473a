import type { Connection } from '../connection';
import { SqliteError } from '../connection';
import { quoteName } from '../run/foreignKeyGraph';
import { wordsOf } from '../sql/wordsOf';
import type { SchemaChange, TableChange } from './rehearsal';
import { RowTally } from './rowTally';
import { schemaChanges } from './schemaChanges';
import { columnsOf, withoutShadows, type FoundSchema, type SchemaReader } from './schemaReader';
import { statementTarget, type StatementTarget } from './statementTarget';
import { TouchedTables } from './touchedTables';
import { foldName } from '../sql/foldName';

interface TableBefore {
  readonly rows: number | undefined;
  readonly columns: readonly string[];
}

/** Sees one step run on a copy: what was there before a table is first touched, and what came of it. */
export class StepObserver {
  private readonly before: FoundSchema;
  private readonly tablesBefore = new Map<string, TableBefore>();
  private readonly tallies = new Map<string, RowTally>();
  /** Lower case. */
  private readonly uncounted = new Set<string>();
  private readonly renamed: Extract<StatementTarget, { verb: 'renameColumn' }>[] = [];
  /** The names tables have had in this step, the newest last; lower case. */
  private readonly names: string[][] = [];
  /** All that the step names. */
  private readonly words = new Set<string>();
  private distrusted = false;
  private touched: TouchedTables | undefined;

  constructor(
    connection: Connection,
    private readonly reader: SchemaReader,
    private readonly options: { readonly rows: boolean; readonly foreignKeys: boolean },
  ) {
    this.before = reader.read(connection);
  }

  public beforeStatement(connection: Connection, sql: string): void {
    this.touched ??= new TouchedTables(connection, this.reader.read(connection), this.options);
    const words = wordsOf(sql);
    words.forEach((word) => this.words.add(word));
    for (const table of this.touched.by(words)) {
      const known = this.before.get(`table ${table}`);
      if (known && !this.tablesBefore.has(table)) {
        const rows = this.options.rows ? countRows(connection, table) : undefined;
        this.tablesBefore.set(table, { rows, columns: columnsOf(connection, table) });
      }
    }
    if (['trigger', 'references', 'rename', 'writable_schema'].some((word) => words.has(word))) {
      this.touched = undefined; // other statements may lead elsewhere now
    }
  }

  public afterStatement(connection: Connection, sql: string): void {
    const target = statementTarget(sql);
    if (target?.verb === 'renameColumn') {
      this.renamed.push(target);
    } else if (target?.verb === 'renameTable') {
      this.rename(foldName(target.table), foldName(target.to));
    } else if (target && !this.options.rows) {
      if (target.verb === 'delete') {
        this.uncounted.add(foldName(target.table));
      }
    } else if (target) {
      const key = foldName(target.table);
      const tally = this.tallies.get(key) ?? new RowTally();
      tally.add(target, Number(connection.get('SELECT changes() AS n')!.n));
      this.tallies.set(key, tally);
    }
  }

  /** Some statements were undone: only the numbers of rows before and after are certain now. */
  public distrustCounts(): void {
    this.distrusted = true;
  }

  public finish(connection: Connection): { schema: SchemaChange[]; tables: TableChange[] } {
    const after = this.reader.read(connection, this.words);
    const schema = schemaChanges(this.before, after);
    return { schema, tables: this.tableChanges(connection, after).filter(isWorthTelling) };
  }

  private tableChanges(connection: Connection, after: FoundSchema): TableChange[] {
    const gone = [...this.tablesBefore.keys()].filter((name) => !after.has(`table ${name}`));
    const fresh = tablesOf(after).filter((name) => !this.before.has(`table ${name}`));
    const changes: TableChange[] = [];
    for (const name of this.tablesBefore.keys()) {
      if (!gone.includes(name)) {
        changes.push(this.change(connection, name, name));
      }
    }
    for (const name of fresh) {
      const at = gone.findIndex((old) => this.isNow(old, name));
      const [from] = at >= 0 ? gone.splice(at, 1) : [];
      changes.push(this.change(connection, from, name));
    }
    return [...changes, ...gone.map((name) => this.change(connection, name, undefined))];
  }

  private rename(from: string, to: string): void {
    const known = this.names.find((names) => names.at(-1) === from);
    if (known) {
      known.push(to);
    } else {
      this.names.push([from, to]);
    }
  }

  private isNow(old: string, name: string): boolean {
    const names = this.names.find(([first]) => first === foldName(old));
    return names?.at(-1) === foldName(name);
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
      ),
    };
  }
}

function columnChanges(
  before: readonly string[],
  after: readonly string[],
  renames: readonly { readonly from: string; readonly to: string }[],
): Pick<TableChange, 'columnsAdded' | 'columnsRemoved' | 'columnsRenamed'> {
  if (before.length === 0 || after.length === 0) {
    return { columnsAdded: [], columnsRemoved: [], columnsRenamed: [] };
  }
  const columnsAdded = after.filter((name) => !before.some((old) => isSame(old, name)));
  const columnsRemoved = before.filter((name) => !after.some((now) => isSame(now, name)));
  const columnsRenamed: { from: string; to: string }[] = [];
  for (const name of [...columnsRemoved]) {
    // A column may be renamed more than once in a step.
    let to = name;
    renames.forEach((rename) => (to = isSame(rename.from, to) ? rename.to : to));
    const added = columnsAdded.findIndex((each) => isSame(each, to));
    if (added >= 0) {
      columnsRenamed.push({ from: name, to: columnsAdded[added] });
      columnsAdded.splice(added, 1);
      columnsRemoved.splice(columnsRemoved.indexOf(name), 1);
    }
  }
  return { columnsAdded, columnsRemoved, columnsRenamed };
}

function isWorthTelling(change: TableChange): boolean {
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
function tablesOf(schema: FoundSchema): string[] {
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
