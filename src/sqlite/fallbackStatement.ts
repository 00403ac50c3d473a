import { SqliteError } from '../core/connection';
import { Tokens } from '../core/sql/tokens';

/** Pragmas that change the connection only; to be set again when the database is read anew. */
const connectionPragmas = new Set(
  (
    'automatic_index busy_timeout cache_size cache_spill case_sensitive_like cell_size_check ' +
    'count_changes defer_foreign_keys foreign_keys full_column_names ignore_check_constraints ' +
    'legacy_alter_table locking_mode query_only read_uncommitted recursive_triggers ' +
    'reverse_unordered_selects secure_delete short_column_names synchronous temp_store ' +
    'trusted_schema writable_schema'
  ).split(' '),
);

/**
 * What SQL may do to a database that is a copy of a file: `reads` changes nothing, `connection`
 * changes a setting of the connection, `writes` may be anything else, several statements too.
 */
type StatementEffect = 'reads' | 'connection' | 'writes';

export function statementEffect(sql: string): StatementEffect {
  const [first, ...rest] = words(sql, 5);
  if (!['select', 'values', 'explain', 'pragma'].includes(first ?? '') || !isSingle(sql)) {
    return 'writes';
  }
  if (first !== 'pragma') {
    return 'reads';
  }
  const named = rest[1] === '.' ? rest.slice(2) : rest;
  const [name, next] = named;
  if (name !== undefined && connectionPragmas.has(name)) {
    return 'connection';
  }
  return next === undefined || next === ';' ? 'reads' : 'writes';
}

/** Whether it ends a transaction and keeps what was done in it. */
export function isCommit(sql: string): boolean {
  return ['commit', 'end'].includes(words(sql, 1)[0] ?? '');
}

/**
 * Refuses what would seem to work in memory and leave nothing on the disk.
 * @throws SqliteError
 */
export function refuseUnreachable(sql: string): void {
  const [first, ...rest] = words(sql, 7);
  const refused =
    (first === 'attach' && 'ATTACH') ||
    (first === 'vacuum' && rest.slice(0, 2).includes('into') && 'VACUUM INTO') ||
    (first === 'pragma' &&
      rest.includes('journal_mode') &&
      rest.includes('wal') &&
      'PRAGMA journal_mode=WAL');
  if (refused) {
    throw new SqliteError(`${refused} needs an engine that can reach files, sql.js cannot`, 1);
  }
}

function isSingle(sql: string): boolean {
  const tokens = new Tokens(sql);
  while (tokens.next()) {
    if (tokens.isSymbol(';')) {
      return !tokens.next();
    }
  }
  return true;
}

/** The first tokens, in lower case and without quotes. */
function words(sql: string, count: number): string[] {
  const tokens = new Tokens(sql);
  const found: string[] = [];
  while (found.length < count && tokens.next()) {
    found.push(tokens.name.toLowerCase());
  }
  return found;
}
