import { SqliteError } from '../core/connection';

/**
 * sql.js throws SQLite's message without its code (https://www.sqlite.org/rescode.html). Only codes
 * somebody asks for are found out.
 */
const codes: readonly (readonly [RegExp, number])[] = [
  [/^UNIQUE constraint failed/, 2067],
  [/^NOT NULL constraint failed/, 1299],
  [/^CHECK constraint failed/, 275],
  [/^FOREIGN KEY constraint failed/, 787],
  [/^database is locked/, 5],
  [/^database (table|schema) is locked/, 6],
  [/^out of memory/, 7],
  [/^attempt to write a readonly database/, 8],
  [/^database disk image is malformed|^malformed database schema/, 11],
  [/^database or disk is full/, 13],
  [/^file is not a database/, 26],
];

/** Runs `work`; what sql.js throws becomes a {@link SqliteError}. */
export function translateSqlJsErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new SqliteError(message, codes.find(([pattern]) => pattern.test(message))?.[1] ?? 1);
  }
}
