import type { Connection } from '../connection';
import type { ColumnShape, TableShape } from './check';

const shapesSql = `
  SELECT json_group_array(json_array(t.name, t.type, c.name, c.type, c."notnull", c.pk, c.dflt_value))
         AS found
    FROM pragma_table_list AS t, pragma_table_xinfo(t.name) AS c
   WHERE t.schema = 'main' AND t.type IN ('table', 'view', 'virtual') AND c.hidden <> 1
     AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND lower(t.name) <> ?`;

type Found = readonly [
  string,
  TableShape['type'],
  string,
  string | null,
  number,
  number,
  string | null,
];

/** All tables and views with their columns, but for the history table. */
export function tableShapes(connection: Connection, historyTable: string): TableShape[] {
  const { found } = connection.get(shapesSql, historyTable.toLowerCase())!;
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
