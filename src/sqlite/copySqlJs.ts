import type { SqlJs } from 'sql.js';
import type { CopyOptions, DatabaseCopy } from './copyDatabase';
import type { LookResult } from './lookResult';
import { lookSqlJs } from './lookSqlJs';
import type { MemoryConnection } from './memoryConnection';

/** The same as `copyDatabase`, for processes without `node:sqlite`: what is too large stays out. */
export function copySqlJs(
  path: string,
  { maxBytes }: CopyOptions,
  sqlJs: SqlJs,
): LookResult<DatabaseCopy> {
  return lookSqlJs(
    path,
    (connection) => ({ kind: 'full', bytes: (connection as MemoryConnection).bytes() }),
    sqlJs,
    maxBytes,
  );
}
