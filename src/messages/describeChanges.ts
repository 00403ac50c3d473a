import type { RehearsedStep, SchemaChange, TableChange } from '../core/rehearsal/rehearsal';
import { grouped } from './grouped';
import { oneLine } from './oneLine';
import type { Translate } from './translate';

/** What one migration does, in a few short parts; none where it changes nothing. */
export function describeChanges(
  { schema, tables }: Pick<RehearsedStep, 'schema' | 'tables'>,
  t: Translate,
): string[] {
  const told = new Set(tables.map(({ table }) => table));
  const objects = schema.filter(({ type, name }) => !(type === 'table' && told.has(name)));
  return [
    ...tables.flatMap((table) => tableParts(table, t)),
    ...objects.flatMap((object) => objectPart(object, tables)),
  ];
}

const signs = { added: '+', removed: '−', changed: '~' } as const;

function objectPart(
  { change, type, name }: SchemaChange,
  tables: readonly TableChange[],
): string[] {
  const wasRenamed = type === 'table' && tables.some(({ renamedFrom }) => renamedFrom === name);
  return wasRenamed ? [] : [`${signs[change]} ${type} ${oneLine(name)}`];
}

function tableParts(change: TableChange, t: Translate): string[] {
  const { created, dropped, renamedFrom, rowsBefore, rowsAfter } = change;
  const table = oneLine(change.table);
  const rows = (count: number | undefined): string =>
    count === undefined
      ? ''
      : count === 1
        ? t(' (1 row)')
        : t(' ({count} rows)', { count: grouped(count) });
  if (created) {
    return [`+ table ${table}${rowsAfter ? rows(rowsAfter) : ''}`];
  }
  if (dropped) {
    return [`− table ${table}${rows(rowsBefore)}`];
  }
  const renamed =
    renamedFrom === undefined
      ? []
      : [t('{from} is now {to}', { from: oneLine(renamedFrom), to: table })];
  const columns = [
    ...change.columnsAdded.map((name) => `+ ${table}.${oneLine(name)}`),
    ...change.columnsRemoved.map((name) => `− ${table}.${oneLine(name)}`),
    ...change.columnsRenamed.map(({ from, to }) =>
      t('{from} is now {to}', { from: `${table}.${oneLine(from)}`, to: oneLine(to) }),
    ),
  ];
  const counts = [
    change.rowsAdded > 0 && t('{count} added', { count: grouped(change.rowsAdded) }),
    change.rowsChanged > 0 && t('{count} changed', { count: grouped(change.rowsChanged) }),
    change.uncounted === true && t('rows removed, how many was not tried'),
    change.rowsRemoved > 0 && t('{count} removed', { count: grouped(change.rowsRemoved) }),
  ].filter((part) => part !== false);
  const content =
    counts.length > 0 ? [t('{table}: {counts}', { table, counts: counts.join(', ') })] : [];
  return [...renamed, ...columns, ...content];
}
