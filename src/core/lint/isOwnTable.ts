import { foldName } from '../sql/foldName';
import type { LintedScript, LintedStatement } from './lintedScript';

/** Whether a table was made by the script itself, is temporary, or was made by what it undoes. */
export function isOwnTable(
  { state }: LintedStatement,
  { made }: LintedScript,
  { schema, table }: { readonly schema?: string; readonly table: string },
): boolean {
  const name = foldName(table);
  return schema === 'temp' || state.created.has(name) || made.has(name);
}

/** The same for a column. */
export function isOwnColumn(
  at: LintedStatement,
  script: LintedScript,
  named: { readonly schema?: string; readonly table: string; readonly column: string },
): boolean {
  const column = foldName(`${named.table}.${named.column}`);
  return isOwnTable(at, script, named) || at.state.added.has(column) || script.made.has(column);
}

/** Whether it is one of the database's own, not of an attached or temporary one. */
export function isMain({ schema }: { readonly schema?: string }): boolean {
  return schema === undefined || schema === 'main';
}
