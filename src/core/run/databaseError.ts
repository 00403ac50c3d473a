import { SqliteError } from '../connection';
import { LockstepError } from '../errors';

/** A refusal by SQLite that is about the file, not about anybody's SQL. */
export function databaseError(error: unknown, path: string): unknown {
  if (!(error instanceof SqliteError)) {
    return error;
  }
  if (error.code === 1032) {
    return new LockstepError('database.replaced', { path }); // READONLY_DBMOVED
  }
  const params = { path, message: error.message, sqliteCode: error.code };
  // Primary result codes: https://www.sqlite.org/rescode.html
  switch (error.code & 0xff) {
    case 8: // READONLY
    case 14: // CANTOPEN
    case 23: // AUTH
    case 3: // PERM
      return new LockstepError('database.readOnly', params);
    case 13: // FULL
      return new LockstepError('database.full', params);
    case 26: // NOTADB
      return new LockstepError('database.notADatabase', params);
    case 10: // IOERR
    case 11: // CORRUPT
      return new LockstepError('database.io', params);
    default:
      return error;
  }
}
