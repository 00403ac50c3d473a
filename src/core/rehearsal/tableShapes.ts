import type { Connection } from '../connection';
import type { ColumnShape, TableShape } from './check';

const allTables = `
  SELECT name, type FROM pragma_table_list AS t
   WHERE t.schema = 'main' AND t.type IN ('table', 'view', 'virtual')
     AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND lower(t.name) <> ?`;

const oneTable = 'SELECT ? AS name, ? AS type';

type Found = readonly [
  string,
  TableShape['type'],
  string,
  string | null,
  number,
  number,
  string | null,
];

/**
 * All tables and views with their columns, but for the history table. What cannot be opened here has
 * none: a virtual table whose module is not there, a view of a table that is gone.
 */
export function tableShapes(connection: Connection, historyTable: string): TableShape[] {
  const ours = historyTable.toLowerCase();
  try {
    return shapesOf(connection, allTables, ours);
  } catch {
    // One of them spoils the answer for all.
    const tables = connection
      .all(allTables, ours)
      .map(({ name, type }) => ({ name: String(name), type: type as TableShape['type'] }));
    // Without its module nothing tells what a virtual table keeps its content in, but the name.
    const shadows = tables.filter(({ type }) => type === 'virtual').map(({ name }) => `${name}_`);
    const isShadow = (name: string): boolean => shadows.some((start) => name.startsWith(start));
    return tables.flatMap((table) => {
      if (isShadow(table.name)) {
        return [];
      }
      try {
        return shapesOf(connection, oneTable, table.name, table.type);
      } catch {
        return { ...table, columns: [] };
      }
    });
  }
}

/** @param source SQL that gives names and types */
function shapesOf(connection: Connection, source: string, ...params: string[]): TableShape[] {
  const { found } = connection.get(
    `SELECT json_group_array(json_array(t.name, t.type, c.name, c.type, c."notnull", c.pk, c.dflt_value))
            AS found
       FROM (${source}) AS t, pragma_table_xinfo(t.name) AS c
      WHERE c.hidden <> 1`,
    ...params,
  )!;
  const tables = new Map<string, { type: TableShape['type']; columns: ColumnShape[] }>();
  for (const [table, type, name, declared, notNull, key, value] of JSON.parse(
    String(found),
  ) as Found[]) {
    const known = tables.get(table) ?? { type, columns: [] };
    known.columns.push({
      name,
      type: declared ?? '',
      notNull: notNull === 1,
      primaryKey: key > 0,
      ...(value !== null && { default: value }),
    });
    tables.set(table, known);
  }
  return [...tables].map(([name, shape]) => ({ name, ...shape }));
}
