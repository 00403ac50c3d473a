import type { Connection } from '../connection';
import { quoteName } from '../run/foreignKeyGraph';
import type { SchemaObject } from './rehearsal';

/** By type and name. */
export type FoundSchema = ReadonlyMap<string, SchemaObject>;

/** One text is read far quicker than a row for each. */
const schemaSql = `
  SELECT json_group_array(json_array(type, name, tbl_name, sql)) AS found
    FROM main.sqlite_schema
   WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND lower(tbl_name) <> ?`;

/**
 * Reads the schema without SQLite's own objects and the history table, which is ours. Reads it again
 * only when it has changed, so that a thousand migrations can each ask.
 */
export class SchemaReader {
  private last: { connection: Connection; version: unknown; schema: FoundSchema } | undefined;

  constructor(private readonly historyTable: string) {}

  public read(connection: Connection): FoundSchema {
    const version = connection.get('PRAGMA main.schema_version')?.schema_version;
    if (this.last?.connection === connection && this.last.version === version) {
      return this.last.schema;
    }
    const { found } = connection.get(schemaSql, this.historyTable.toLowerCase())!;
    const rows = JSON.parse(String(found)) as [string, string, string, string][];
    const schema = new Map<string, SchemaObject>();
    for (const [type, name, table, sql] of rows) {
      schema.set(`${type} ${name}`, { type, name, table, sql });
    }
    this.last = { connection, version, schema };
    return schema;
  }

  /** To be called when work was undone: the same version may then mean another schema. */
  public forget(): void {
    this.last = undefined;
  }
}

/** For people and other processes: a table, then what belongs to it; views last; by name. */
export function sortedSchema(schema: Iterable<SchemaObject>): SchemaObject[] {
  const order = ['table', 'index', 'trigger'];
  const rank = ({ type, table, name }: SchemaObject): string =>
    type === 'view'
      ? `1 ${name}`
      : `0 ${table.toLowerCase()}\0${order.indexOf(type)} ${name.toLowerCase()}`;
  return [...schema]
    .map(({ type, name, table, sql }) => ({ type, name, table, sql }))
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** The columns of a table, generated ones too, as they are written. */
export function columnsOf(connection: Connection, table: string): string[] {
  return connection
    .all(`PRAGMA main.table_xinfo(${quoteName(table)})`)
    .filter(({ hidden }) => hidden !== 1)
    .map(({ name }) => String(name));
}
