/**
 * Statements so new that versions of SQLite which all accept them do different things: with the ALTER
 * TABLE … ADD CONSTRAINT of 3.53 a check that is NULL for a row fails, with that of 3.54 it holds.
 * One version's word on them is not another's.
 */
export function isYoungStatement(sql: string): boolean {
  return (
    /^alter\s+table\b/i.test(sql) &&
    /\b(alter\s+(column\s+)?\S|(add|drop)\s+constraint)\b/i.test(sql.slice(11))
  );
}
