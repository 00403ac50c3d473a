import { SqliteError } from '../core/connection';
import type { DatabaseLook } from '../core/status';

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
