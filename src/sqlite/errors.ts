import { type Connection, SqliteError } from '../core/connection';
import type { DatabaseLook } from '../core/model';

/** SQLite would have to write first: READONLY_RECOVERY, _CANTLOCK, _ROLLBACK, _CANTINIT. */
const recoveryCodes = new Set([264, 520, 776, 1288]);

/**
 * What SQLite's refusal says about a file that did not change while it was read; `undefined` when
 * another try may succeed (https://www.sqlite.org/rescode.html).
 * @throws any error that is not about the file
 */
export function lookFailure(error: unknown): DatabaseLook | undefined {
  if (!(error instanceof SqliteError)) {
    throw error;
  }
  if (recoveryCodes.has(error.code)) {
    return { state: 'needsRecovery' };
  }
  switch (error.code & 0xff) {
    case 5: // SQLITE_BUSY
      return undefined;
    case 26: // SQLITE_NOTADB
      return { state: 'notADatabase' };
    case 3: // SQLITE_PERM
    case 8: // SQLITE_READONLY
    case 10: // SQLITE_IOERR
    case 11: // SQLITE_CORRUPT
    case 14: // SQLITE_CANTOPEN
      return { state: 'unreadable', message: error.message };
    default:
      throw error;
  }
}

/** What SQLite's check says of rows that a table would not take any more; no damage to the file. */
const aboutRows = /^(NULL|NUMERIC|TEXT|non-\w+) value in |^CHECK constraint failed in /;

/** Primary result codes for a file that is not whole: IOERR, CORRUPT, NOTADB. */
const damageCodes = [10, 11, 26];

/**
 * What is wrong with a database's file as a whole, in SQLite's words; undefined when nothing is.
 * What cannot be checked here (a function, collation or module that only its app has) is not wrong.
 */
export function damageOf(connection: Connection): string | undefined {
  try {
    connection.exec('PRAGMA ignore_check_constraints=1');
    for (const row of connection.iterate('PRAGMA main.quick_check')) {
      const said = String(Object.values(row)[0]);
      if (said !== 'ok' && !aboutRows.test(said)) {
        return said;
      }
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof SqliteError)) {
      throw error;
    }
    return damageCodes.includes(error.code & 0xff) ? error.message : undefined;
  }
}

/** Runs `work` on files; the system's refusals become what SQLite would have said of them. */
export function translateFileErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = sqliteCode((error as NodeJS.ErrnoException).code);
    throw code === undefined ? error : new SqliteError((error as Error).message, code);
  }
}

function sqliteCode(code: string | undefined): number | undefined {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 8; // SQLITE_READONLY
    case 'ENOSPC':
    case 'EDQUOT':
      return 13; // SQLITE_FULL
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EMFILE':
      return 14; // SQLITE_CANTOPEN
    default:
      return code?.startsWith('E') && !code.startsWith('ERR_') ? 10 : undefined; // SQLITE_IOERR
  }
}

/** Runs `work`; what `node:sqlite` throws for SQLite becomes a {@link SqliteError}. */
export function translateErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isNativeError(error) ? new SqliteError(error.message, error.errcode) : error;
  }
}

function isNativeError(error: unknown): error is Error & { readonly errcode: number } {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}

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
