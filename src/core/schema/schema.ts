import type { Connection } from '../connection';
import { foldName, quoteName } from '../sql/tokens';

/** A table, index, view or trigger. */
export interface SchemaObject {
  readonly type: string;
  readonly name: string;
  /** The table it belongs to; its own name for tables and views. */
  readonly table: string;
  /** As SQLite keeps it. */
  readonly sql: string;
}

export interface SchemaChange {
  readonly change: 'added' | 'removed' | 'changed';
  readonly type: string;
  readonly name: string;
  /** The table it belongs to. */
  readonly table: string;
  /** SQL; absent where it was added. */
  readonly before?: string;
  /** SQL; absent where it was removed. */
  readonly after?: string;
}

/** A table or view as somebody who writes SQL needs it. */
export interface TableShape {
  readonly name: string;
  readonly type: 'table' | 'view' | 'virtual';
  readonly columns: readonly ColumnShape[];
}

export interface ColumnShape {
  readonly name: string;
  /** As declared; empty where nothing was. */
  readonly type: string;
  readonly notNull: boolean;
  readonly primaryKey: boolean;
  /** SQL of its default. */
  readonly default?: string;
}

/** By type and name. */
export type SchemaByKey = ReadonlyMap<string, SchemaObject>;

/**
 * Reads the schema without SQLite's own objects and the history table, which is ours: whole, or what
 * a step has changed of it, so that a thousand migrations can each ask.
 */
export class SchemaReader {
  private last: Reading | undefined;

  constructor(private readonly historyTable: string) {}

  /** @param words all that the statements since the last reading name, lower case, if they are known */
  public read(connection: Connection, words?: ReadonlySet<string>): SchemaByKey {
    const version = connection.get('PRAGMA main.schema_version')?.schema_version;
    const { last } = this;
    if (last?.connection === connection && last.version === version) {
      return last.schema;
    }
    const partly = words && last?.connection === connection && !affectsUnnamed(words, last);
    const schema = partly ? this.readNamed(connection, words, last) : this.readAll(connection);
    const rowId = Number(connection.get(`SELECT max(rowid) AS id FROM main.sqlite_schema`)!.id);
    this.last = { connection, version, schema, rowId };
    return schema;
  }

  /** To be called when work was undone: the same version may then mean another schema. */
  public forget(): void {
    this.last = undefined;
  }

  private readAll(connection: Connection): SchemaByKey {
    return new Map(this.rows(connection, '1').map((object) => [keyOf(object), object]));
  }

  private readNamed(
    connection: Connection,
    words: ReadonlySet<string>,
    { schema: before, rowId }: Reading,
  ): SchemaByKey {
    const schema = new Map(before);
    for (const [key, { name, table }] of before) {
      if (words.has(foldName(name)) || words.has(foldName(table))) {
        schema.delete(key);
      }
    }
    const named = `rowid > ${rowId} OR lower(name) IN (SELECT value FROM json_each(?2))
      OR lower(tbl_name) IN (SELECT value FROM json_each(?2))`;
    for (const object of this.rows(connection, named, JSON.stringify([...words]))) {
      schema.set(keyOf(object), object);
    }
    return schema;
  }

  /** As one text, which is read far quicker than a row for each. */
  private rows(connection: Connection, condition: string, ...params: string[]): SchemaObject[] {
    const { found } = connection.get(
      `SELECT json_group_array(json_array(type, name, tbl_name, sql)) AS found
         FROM main.sqlite_schema
        WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND lower(tbl_name) <> ?1
          AND (${condition})`,
      foldName(this.historyTable),
      ...params,
    )!;
    const rows = JSON.parse(String(found)) as [string, string, string, string][];
    return rows.map(([type, name, table, sql]) => ({ type, name, table, sql }));
  }
}

interface Reading {
  readonly connection: Connection;
  readonly version: unknown;
  readonly schema: SchemaByKey;
  readonly rowId: number;
}

/** Whether statements may change objects that they do not name. */
function affectsUnnamed(words: ReadonlySet<string>, { schema }: Reading): boolean {
  return (
    ['rename', 'writable_schema', 'vacuum', 'virtual'].some((word) => words.has(word)) ||
    (words.has('drop') && [...schema.values()].some(({ sql }) => /^create\s+virtual\b/i.test(sql)))
  );
}

function keyOf({ type, name }: SchemaObject): string {
  return `${type} ${name}`;
}

/** For people and other processes: a table, then what belongs to it; views last; by name. */
export function sortedSchema(schema: Iterable<SchemaObject>): SchemaObject[] {
  const order = ['table', 'index', 'trigger'];
  const rank = ({ type, table, name }: SchemaObject): string =>
    type === 'view'
      ? `1 ${name}`
      : `0 ${foldName(table)}\0${order.indexOf(type)} ${foldName(name)}`;
  return withoutShadows([...schema])
    .map(({ type, name, table, sql }) => ({ type, name, table, sql }))
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** Without the tables in which virtual ones keep their content, which carry their names. */
export function withoutShadows<T extends Pick<SchemaObject, 'type' | 'name'>>(
  objects: readonly (T & {
    readonly sql?: string;
    readonly after?: string;
    readonly before?: string;
  })[],
): T[] {
  const isShadow = objects.flatMap(({ name, sql, after, before }) => {
    const made = sql ?? after ?? before ?? '';
    return /^create\s+virtual\b/i.test(made) ? shadowsOf(name, made) : [];
  });
  return isShadow.length === 0
    ? [...objects]
    : objects.filter(({ name }) => !isShadow.some((is) => is(name)));
}

/**
 * Those of SQLite's own modules are known (https://www.sqlite.org/fts5.html#fts5_data_structures, and
 * so for fts3 and rtree): another table may have a name that begins alike.
 */
function shadowsOf(table: string, sql: string): (name: string) => boolean {
  const start = `${foldName(table)}_`;
  const isKnown = /\busing\s*(fts[345]|rtree|rtree_i32|geopoly)\b/i.test(sql);
  const known = /^(data|idx|content|docsize|config|segments|segdir|stat|node|parent|rowid)$/;
  return (name) => {
    const folded = foldName(name);
    return folded.startsWith(start) && (!isKnown || known.test(folded.slice(start.length)));
  };
}

/** The columns of a table, generated ones too, as they are written. */
export function columnsOf(connection: Connection, table: string): string[] {
  return connection
    .all(`PRAGMA main.table_xinfo(${quoteName(table)})`)
    .filter(({ hidden }) => hidden !== 1)
    .map(({ name }) => String(name));
}

/** What became of the objects of a schema: those that are gone first, then new and changed ones. */
export function schemaChanges(before: SchemaByKey, after: SchemaByKey): SchemaChange[] {
  const changes: SchemaChange[] = [];
  for (const [key, object] of before) {
    if (!after.has(key)) {
      changes.push({ change: 'removed', ...named(object), before: object.sql });
    }
  }
  for (const [key, object] of after) {
    const known = before.get(key);
    if (!known) {
      changes.push({ change: 'added', ...named(object), after: object.sql });
    } else if (known.sql !== object.sql) {
      const { sql } = object;
      changes.push({ change: 'changed', ...named(object), before: known.sql, after: sql });
    }
  }
  return withoutShadows(changes);
}

/** The schema after changes, in no particular order. */
export function changedSchema(
  before: readonly SchemaObject[],
  changes: readonly SchemaChange[],
): SchemaObject[] {
  const schema = new Map(before.map((object) => [`${object.type} ${object.name}`, object]));
  for (const { type, name, table, after } of changes) {
    if (after === undefined) {
      schema.delete(`${type} ${name}`);
    } else {
      schema.set(`${type} ${name}`, { type, name, table, sql: after });
    }
  }
  return [...schema.values()];
}

function named({ type, name, table }: SchemaObject): Omit<SchemaObject, 'sql'> {
  return { type, name, table };
}

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
