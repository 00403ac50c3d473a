import type { Connection } from '../connection';
import { foldName } from '../sql/foldName';
import type { ColumnShape, TableShape } from './check';
import { withoutShadows } from './schemaReader';

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
  const ours = foldName(historyTable);
  try {
    return shapesOf(connection, allTables, ours);
  } catch {
    // One of them spoils the answer for all.
    const tables = connection
      .all(
        `SELECT t.name, t.type, s.sql FROM (${allTables}) AS t JOIN main.sqlite_schema AS s USING (name)`,
        ours,
      )
      .map(({ name, type, sql }) => ({
        name: String(name),
        type: type as TableShape['type'],
        sql: String(sql),
      }));
    // Without its module nothing tells what a virtual table keeps its content in, but the name.
    return withoutShadows(tables).flatMap(({ name, type }) => {
      try {
        return shapesOf(connection, oneTable, name, type);
      } catch {
        return { name, type, columns: [] };
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
