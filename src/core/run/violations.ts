import { type Connection, type Row, SqliteError } from '../connection';
import { foldName, quoteName } from '../sql/tokens';

/** Rows of `child` that point at nothing in `parent` by one of its foreign keys. */
export interface Violations {
  readonly child: string;
  readonly parent: string;
  /** The columns that point. */
  readonly columns: readonly string[];
  readonly count: number;
  /** How many rows point at each missing key; all under one name where they were not told apart. */
  readonly missing: ReadonlyMap<string, number>;
}

/**
 * Counts the violated references of these tables. SQLite refuses to check a table one of whose
 * parents has no unique key on the columns ("foreign key mismatch"), though it lets people define
 * such tables; there each reference is looked up, as far as its columns exist.
 */
export function countViolations(connection: Connection, tables: readonly string[]): Violations[] {
  return tables.flatMap((child) => {
    const counts = checked(connection, child);
    return counts?.size === 0
      ? []
      : foreignKeysOf(connection, child).flatMap(
          (key) => violations(connection, child, key, counts && (counts.get(key.id) ?? 0)) ?? [],
        );
  });
}

/**
 * The first of `after` that is worse than `before`: more rows point at a missing key, or it was not
 * missing. A table or column of another name may have been renamed: what was violated before under a
 * name that is so no more excuses it.
 */
export function addedViolation(
  before: readonly Violations[],
  after: readonly Violations[],
): Violations | undefined {
  const gone = before.filter((earlier) => !after.some((now) => isSame(earlier, now)));
  return after.find((now) => {
    const same = before.find((earlier) => isSame(earlier, now));
    const renamed = gone.filter(
      ({ child, parent }) => child === now.child || parent === now.parent,
    );
    return ![...(same ? [same] : renamed)].some((earlier) => covers(earlier, now));
  });
}

/** Counting ends here: whoever has more has a problem that an exact number does not make clearer. */
const countLimit = 100_000;

/** @param counted by SQLite, if it could */
function violations(
  connection: Connection,
  child: string,
  key: ForeignKey,
  counted: number | undefined,
): Violations | undefined {
  if (counted === 0) {
    return undefined;
  }
  const { parent, columns } = key;
  const found = missingKeys(connection, child, key, countLimit) ?? new Map<string, number>();
  const count = counted ?? sum(found);
  // Where the look found something else (types, collations), the number is what can be compared.
  const missing = sum(found) === count ? found : new Map([['', count]]);
  return count > 0 ? { child, parent, columns, count, missing } : undefined;
}

/** Violations by the number of the foreign key; undefined where SQLite cannot check the table. */
function checked(connection: Connection, child: string): Map<number, number> | undefined {
  const counts = new Map<number, number>();
  let seen = 0;
  try {
    for (const row of connection.iterate(`PRAGMA main.foreign_key_check(${quoteName(child)})`)) {
      counts.set(Number(row.fkid), (counts.get(Number(row.fkid)) ?? 0) + 1);
      if (++seen >= countLimit) {
        break;
      }
    }
  } catch (error) {
    if (!(error instanceof SqliteError && error.code === 1)) {
      throw error;
    }
    return undefined;
  }
  return counts;
}

function isSame(a: Violations, b: Violations): boolean {
  const names = [a, b].map(({ child, parent, columns }) => [child, parent, ...columns]);
  return JSON.stringify(names[0]) === JSON.stringify(names[1]);
}

function covers(before: Violations, after: Violations): boolean {
  return [...after.missing].every(([key, rows]) => rows <= (before.missing.get(key) ?? 0));
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

/** A foreign key of a table, as SQLite lists it. */
interface ForeignKey {
  readonly id: number;
  /** Lower case, as SQLite compares names. */
  readonly parent: string;
  readonly columns: readonly string[];
  /** Of the parent; none are named where its primary key is meant. */
  readonly parentColumns: readonly string[];
}

/** A table's foreign keys. */
function foreignKeysOf(connection: Connection, child: string): ForeignKey[] {
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
function missingKeys(
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
