import type { Losses, TableChange } from './rehearsal';

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
