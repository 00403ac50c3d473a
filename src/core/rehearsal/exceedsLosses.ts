import type { Losses } from './rehearsal';

/** Nothing of what is there. */
export const noLosses: Losses = { rows: 0, columns: [], tables: [] };

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
