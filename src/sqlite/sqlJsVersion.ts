import type { SqlJs } from 'sql.js';

/** The version of the SQLite inside sql.js, e.g. `3.54.1`. */
export function sqlJsVersion(sqlJs: SqlJs): string {
  const database = new sqlJs.Database();
  try {
    const statement = database.prepare('SELECT sqlite_version() AS version');
    statement.step();
    const { version } = statement.getAsObject(null, { useBigInt: true });
    statement.free();
    return String(version);
  } finally {
    database.close();
  }
}
