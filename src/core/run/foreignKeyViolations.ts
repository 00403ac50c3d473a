import { SqliteError, type Connection } from '../connection';
import { quoteName } from './foreignKeyGraph';

/** Rows of `child` that point at nothing in `parent`. */
export interface Violations {
  readonly child: string;
  readonly parent: string;
  readonly count: number;
}

/** Counting ends here: whoever has more has a problem that an exact number does not make clearer. */
const countLimit = 100_000;

/**
 * Counts the violated references of these tables. A table whose foreign keys cannot be checked at
 * all (its parent has no unique key on the columns: "foreign key mismatch") counts as clean:
 * SQLite lets people define such tables, and whoever has one had it before.
 */
export function countViolations(connection: Connection, tables: readonly string[]): Violations[] {
  const counts = new Map<string, { child: string; parent: string; count: number }>();
  for (const child of tables) {
    let seen = 0;
    try {
      for (const row of connection.iterate(`PRAGMA main.foreign_key_check(${quoteName(child)})`)) {
        const parent = String(row.parent);
        const key = JSON.stringify([child, parent]);
        const entry = counts.get(key) ?? { child, parent, count: 0 };
        entry.count++;
        counts.set(key, entry);
        if (++seen >= countLimit) {
          break;
        }
      }
    } catch (error) {
      if (!(error instanceof SqliteError && error.code === 1)) {
        throw error;
      }
    }
  }
  return [...counts.values()];
}

/** The first of `after` that is worse than `before`. */
export function addedViolation(
  before: readonly Violations[],
  after: readonly Violations[],
): Violations | undefined {
  const known = new Map(before.map((v) => [JSON.stringify([v.child, v.parent]), v.count]));
  return after.find((v) => v.count > (known.get(JSON.stringify([v.child, v.parent])) ?? 0));
}
