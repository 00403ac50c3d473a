import type { Connection } from '../core/connection';
import { SqliteError } from '../core/connection';
import type { HistoryTable } from '../core/history/historyTable';
import { databaseContent } from './databaseContent';
import { NativeConnection } from './nativeConnection';
import type { NativeModule } from './nativeSqlite';

/**
 * A database with the schema of another, its history and nothing else in it, as a file's bytes.
 */
export function cloneSchema(
  from: Connection,
  { name, listSql, insertSql }: HistoryTable,
  sqlite: NativeModule,
): Uint8Array {
  const database = new sqlite.DatabaseSync(':memory:', {
    enableForeignKeyConstraints: false,
    enableDoubleQuotedStringLiterals: true,
  });
  const clone = new NativeConnection(database, from.sqliteVersion, ':memory:');
  try {
    for (const pragma of ['encoding', 'user_version', 'application_id']) {
      const value = from.get(`PRAGMA main.${pragma}`)![pragma];
      clone.exec(`PRAGMA main.${pragma}='${String(value)}'`);
    }
    clone.exec('BEGIN');
    for (const { sql } of from.all(createSql)) {
      create(clone, String(sql));
    }
    if (from.get("SELECT 1 FROM main.sqlite_schema WHERE type='table' AND name=?", name)) {
      from.all(listSql).forEach(({ version }) => clone.all(insertSql, version));
    }
    clone.exec('COMMIT');
    return databaseContent(clone);
  } finally {
    clone.close();
  }
}

/** Virtual tables first: they make their own shadow tables. Then in the order they were made. */
const createSql = `
  SELECT sql FROM main.sqlite_schema
   WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
   ORDER BY type <> 'table', sql NOT LIKE 'create virtual%', rowid`;

/** What this engine cannot make, or has made already as part of something else, is left out. */
function create(clone: Connection, sql: string): void {
  try {
    clone.exec(sql);
  } catch (error) {
    if (!(error instanceof SqliteError)) {
      throw error;
    }
  }
}
