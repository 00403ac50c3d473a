import { SqliteError } from '../core/connection';

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
