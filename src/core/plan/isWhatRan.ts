import type { LogEntry } from '../history/logEntry';
import type { Script } from '../migration';
import { scriptChecksum } from '../scriptChecksum';
import { sameStatements } from '../sql/sameStatements';
import { scriptSql } from '../sql/scriptSql';

/**
 * Whether a script is still what ran, or what somebody has accepted for it. Comments and blanks are no
 * change, except where they say how it is to run.
 */
export function isWhatRan(script: Script, { checksum, up, accepted }: LogEntry): boolean {
  const now = scriptChecksum(script);
  if (now === checksum || now === accepted?.ran) {
    return true;
  }
  if (script.transaction !== up.transaction || script.foreignKeys !== up.foreignKeys) {
    return false;
  }
  const sql = scriptSql(script);
  // A text that was too long for the log is kept as none.
  return [up.sql, accepted?.sql].some((known) => known && sameStatements(known, sql));
}
