import { foldName } from '../sql/tokens';

/** What happens to a table. Numbers of rows are absent where only the schema was there to try. */
export interface TableChange {
  readonly table: string;
  readonly renamedFrom?: string;
  /** Absent where the table is new. */
  readonly rowsBefore?: number;
  /** Absent where the table is gone. */
  readonly rowsAfter?: number;
  readonly created: boolean;
  readonly dropped: boolean;
  /** A row replaced counts as changed; one deleted and inserted again as both. */
  readonly rowsAdded: number;
  readonly rowsRemoved: number;
  readonly rowsChanged: number;
  /** Rows are deleted, and how many could not be counted: only the schema was there to try. */
  readonly uncounted?: true;
  readonly columnsAdded: readonly string[];
  readonly columnsRemoved: readonly string[];
  readonly columnsRenamed: readonly { readonly from: string; readonly to: string }[];
}

/** What a person may want to be asked about first. */
export interface Losses {
  readonly rows: number;
  /** As `table.column`; only of tables that had rows, or whose rows are not known. */
  readonly columns: readonly string[];
  /** Tables dropped that had rows, or whose rows are not known. */
  readonly tables: readonly string[];
  /** Tables of which an unknown number of rows is deleted. */
  readonly uncounted?: readonly string[];
}

/** Nothing of what is there. */
export const noLosses: Losses = { rows: 0, columns: [], tables: [] };

/** What changes of tables delete of what was there. A table whose rows are not known may have some. */
export function lossesOf(tables: readonly TableChange[]): Losses {
  const uncounted = tables
    .filter((change) => change.uncounted && !change.created && !change.dropped)
    .map(({ table }) => table);
  const old = tables.filter(({ created, rowsBefore }) => !created && rowsBefore !== 0);
  return {
    rows: old.reduce((sum, { rowsRemoved, rowsBefore }) => sum + lost(rowsRemoved, rowsBefore), 0),
    columns: old.flatMap(({ table, columnsRemoved }) =>
      columnsRemoved.map((column) => `${table}.${column}`),
    ),
    tables: old.filter(({ dropped }) => dropped).map(({ table }) => table),
    ...(uncounted.length > 0 && { uncounted }),
  };
}

/** A run may delete rows that it has added itself. */
function lost(removed: number, before = removed): number {
  return Math.min(removed, before);
}

/** Whether more would be deleted than was agreed to. */
export function exceedsLosses(
  { rows, columns, tables, uncounted = [] }: Losses,
  agreed: Losses,
): boolean {
  return (
    rows > agreed.rows ||
    uncounted.some((table) => !agreed.uncounted?.includes(table)) ||
    columns.some((column) => !agreed.columns.includes(column)) ||
    tables.some((table) => !agreed.tables.includes(table))
  );
}

/** What several steps, one after another, do to each table. */
export function joinChanges(steps: readonly (readonly TableChange[])[]): TableChange[] {
  const joined = new Map<string, TableChange>();
  for (const changes of steps) {
    // Taken out first: two tables may change names with each other in one step.
    const earlier = changes.map(({ table, renamedFrom }) => {
      const name = foldName(renamedFrom ?? table);
      const known = joined.get(name);
      joined.delete(name);
      return known;
    });
    changes.forEach((change, i) => joined.set(foldName(change.table), join(earlier[i], change)));
  }
  // What was created and dropped in between is left out.
  return [...joined.values()].filter(({ created, dropped }) => !(created && dropped));
}

function join(first: TableChange | undefined, then: TableChange): TableChange {
  if (!first) {
    return then;
  }
  if (first.dropped) {
    // Another table of that name: whatever the first had is gone.
    const { rowsBefore, rowsRemoved, columnsRemoved } = first;
    return { ...then, created: false, rowsBefore, rowsRemoved, columnsRemoved };
  }
  const renamedFrom = first.renamedFrom ?? then.renamedFrom;
  return {
    table: then.table,
    ...(renamedFrom !== undefined && renamedFrom !== then.table && { renamedFrom }),
    rowsBefore: first.rowsBefore,
    rowsAfter: then.rowsAfter,
    created: first.created,
    dropped: then.dropped,
    rowsAdded: first.rowsAdded + then.rowsAdded,
    rowsRemoved: first.rowsRemoved + then.rowsRemoved,
    rowsChanged: first.rowsChanged + then.rowsChanged,
    ...((first.uncounted ?? then.uncounted) && { uncounted: true }),
    ...joinColumns(first, then),
  };
}

type Columns = Pick<TableChange, 'columnsAdded' | 'columnsRemoved' | 'columnsRenamed'>;

function joinColumns(first: Columns, then: Columns): Columns {
  const came = new Set(first.columnsAdded);
  const columnsRenamed = [...first.columnsRenamed];
  let columnsAdded = [...first.columnsAdded];
  for (const { from, to } of then.columnsRenamed) {
    const at = columnsRenamed.findIndex((each) => each.to === from);
    if (came.has(from)) {
      columnsAdded = columnsAdded.map((name) => (name === from ? to : name));
    } else if (at >= 0) {
      columnsRenamed[at] = { from: columnsRenamed[at].from, to };
    } else {
      columnsRenamed.push({ from, to });
    }
  }
  const removed = new Set(then.columnsRemoved);
  const original = (name: string): string =>
    columnsRenamed.find(({ to }) => to === name)?.from ?? name;
  return {
    columnsAdded: [...columnsAdded.filter((name) => !removed.has(name)), ...then.columnsAdded],
    columnsRemoved: [
      ...first.columnsRemoved,
      ...[...removed].filter((name) => !columnsAdded.includes(name)).map(original),
    ],
    columnsRenamed: columnsRenamed.filter(({ to }) => !removed.has(to)),
  };
}
