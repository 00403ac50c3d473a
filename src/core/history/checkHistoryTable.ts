import { LockstepError } from '../errors';
import type { HistoryTable } from './historyTable';

/** What the database says about the table of a name; a row of {@link historyTableLookSql}. */
export interface FoundTable {
  /** `type` of sqlite_schema. */
  readonly type: string;
  /** `sql` of sqlite_schema. */
  readonly sql: string;
  /** Names of its columns, hidden ones too, as a JSON array. */
  readonly columns: string;
  /** How many triggers stand on it. */
  readonly triggers: number;
}

/** One parameter: the table's name. At most one row, a {@link FoundTable}. */
export const historyTableLookSql = `
  select type, sql,
    (select json_group_array(name) from pragma_table_xinfo(t.name, 'main')) as columns,
    (select count(*) from main.sqlite_schema
      where type = 'trigger' and tbl_name = t.name collate nocase) as triggers
  from main.sqlite_schema t
  where type in ('table', 'view') and name = ? collate nocase`;

/**
 * Whether the history can be kept in the table found under its name. A view or a trigger could
 * swallow the row that says a migration is applied, or do more than that.
 *
 * @throws LockstepError `history.foreign` where it is somebody else's
 */
export function checkHistoryTable(
  table: HistoryTable,
  found: FoundTable | undefined,
): 'ok' | 'absent' {
  if (!found) {
    return 'absent';
  }
  if (found.type !== 'table' || !/^\s*create\s+table\b/i.test(found.sql)) {
    throw foreign(table, 'view');
  }
  const columns = (JSON.parse(found.columns) as string[]).map((name) => name.toLowerCase());
  if (columns.sort().join() !== [...table.columns].sort().join()) {
    throw foreign(table, 'columns', columns);
  }
  if (found.triggers > 0) {
    throw foreign(table, 'triggers');
  }
  return 'ok';
}

function foreign(
  { name }: HistoryTable,
  reason: 'view' | 'columns' | 'triggers',
  columns: readonly string[] = [],
): LockstepError {
  return new LockstepError('history.foreign', { table: name, reason, columns: columns.join(', ') });
}
