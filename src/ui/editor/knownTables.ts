import type { CheckResult, TableShape } from '../../core/rehearsal/rehearsal';

/** A table or view as somebody who writes a migration can use it. */
export interface KnownTable extends TableShape {
  /** What the migration does to it. `earlier`: made by the text as it was when it last worked. */
  readonly change?: 'created' | 'changed' | 'dropped' | 'earlier';
  /** Columns that the migration adds, and those that it removes. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/**
 * What the names in a migration can stand for: tables as they are after it, those that it drops, and
 * while its text does not work (which it seldom does in the middle of a word) also those that it made
 * when it last did.
 *
 * @param earlier what was known before this result
 */
export function knownTables(
  { up, before, after }: CheckResult,
  earlier: readonly KnownTable[] = [],
): readonly KnownTable[] {
  const works = up?.verdict.kind === 'works' || up?.verdict.kind === 'schemaOnly';
  const old = byName(before);
  if (!works) {
    const made = earlier.filter(({ change, name }) => {
      return (change === 'created' || change === 'earlier') && !old.has(name.toLowerCase());
    });
    return [
      ...before.map((table) => ({ ...table, added: [], removed: [] })),
      ...made.map((table) => ({ ...table, change: 'earlier' as const })),
    ];
  }
  const now = byName(after);
  return [
    ...after.map((table) => compared(table, old.get(table.name.toLowerCase()))),
    ...before
      .filter(({ name }) => !now.has(name.toLowerCase()))
      .map((table) => ({ ...table, change: 'dropped' as const, added: [], removed: [] })),
  ];
}

/** The table of this name, as SQLite compares names. */
export function tableNamed(tables: readonly KnownTable[], name: string): KnownTable | undefined {
  const wanted = name.toLowerCase();
  return tables.find((table) => table.name.toLowerCase() === wanted);
}

function compared(table: TableShape, old: TableShape | undefined): KnownTable {
  if (!old) {
    return { ...table, change: 'created', added: [], removed: [] };
  }
  const added = missingFrom(old, table);
  const removed = missingFrom(table, old);
  const isSame = JSON.stringify(table) === JSON.stringify(old);
  return { ...table, ...(!isSame && { change: 'changed' as const }), added, removed };
}

function missingFrom(table: TableShape, other: TableShape): string[] {
  const names = new Set(table.columns.map(({ name }) => name.toLowerCase()));
  return other.columns.map(({ name }) => name).filter((name) => !names.has(name.toLowerCase()));
}

function byName(tables: readonly TableShape[]): ReadonlyMap<string, TableShape> {
  return new Map(tables.map((table) => [table.name.toLowerCase(), table]));
}
