import { SqliteError, type Connection } from '../connection';
import { foreignKeysOf, missingKeys, type ForeignKey } from './danglingReferences';
import { quoteName } from './foreignKeyGraph';

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

/** Counting ends here: whoever has more has a problem that an exact number does not make clearer. */
const countLimit = 100_000;

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
