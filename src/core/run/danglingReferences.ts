import { SqliteError, type Connection, type Row } from '../connection';
import { foldName } from '../sql/foldName';
import { quoteName } from './foreignKeyGraph';

/** A foreign key of a table, as SQLite lists it. */
export interface ForeignKey {
  readonly id: number;
  /** Lower case, as SQLite compares names. */
  readonly parent: string;
  readonly columns: readonly string[];
  /** Of the parent; none are named where its primary key is meant. */
  readonly parentColumns: readonly string[];
}

/** A table's foreign keys. */
export function foreignKeysOf(connection: Connection, child: string): ForeignKey[] {
  const keys = new Map<number, ForeignKey>();
  const rows = connection.all(`PRAGMA main.foreign_key_list(${quoteName(child)})`);
  for (const row of rows.sort((a, b) => Number(a.seq) - Number(b.seq))) {
    const id = Number(row.id);
    const known = keys.get(id);
    keys.set(id, {
      id,
      parent: foldName(String(row.table)),
      columns: [...(known?.columns ?? []), foldName(String(row.from))],
      parentColumns: [
        ...(known?.parentColumns ?? []),
        ...(row.to === null ? [] : [String(row.to)]),
      ],
    });
  }
  return [...keys.values()];
}

/**
 * The keys that rows of a table point at and that the parent does not have, each with the number of
 * rows; undefined where the parent has no such columns.
 * @param limit so many keys at most
 */
export function missingKeys(
  connection: Connection,
  child: string,
  { parent, columns, parentColumns }: ForeignKey,
  limit: number,
): Map<string, number> | undefined {
  const found = connection.all(`PRAGMA main.table_info(${quoteName(parent)})`);
  const isThere = found.length > 0;
  const named = parentColumns.length > 0 ? parentColumns : primaryKey(found);
  if (isThere && named.length !== columns.length) {
    return undefined;
  }
  const from = columns.map((name) => `c.${quoteName(name)}`);
  const to = named.map((name) => `p.${quoteName(name)}`);
  const join = `LEFT JOIN main.${quoteName(parent)} AS p
      ON ${to.map((name, at) => `${name} = ${from[at]}`).join(' AND ')}`;
  const sql = `SELECT ${from.map((name) => `quote(${name})`).join(" || ',' || ")} AS missing,
      count(*) AS rows
    FROM main.${quoteName(child)} AS c ${isThere ? join : ''}
    WHERE ${from.map((name) => `${name} IS NOT NULL`).join(' AND ')}
      ${isThere ? `AND ${to[0]} IS NULL` : ''}
    GROUP BY 1 LIMIT ${limit}`;
  try {
    return new Map(connection.all(sql).map((row) => [String(row.missing), Number(row.rows)]));
  } catch (error) {
    if (error instanceof SqliteError && error.code === 1) {
      return undefined;
    }
    throw error;
  }
}

function primaryKey(columns: readonly Row[]): string[] {
  return columns
    .filter(({ pk }) => Number(pk) > 0)
    .sort((a, b) => Number(a.pk) - Number(b.pk))
    .map(({ name }) => String(name));
}
