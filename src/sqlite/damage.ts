import type { Connection } from '../core/connection';
import { SqliteError } from '../core/connection';

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
