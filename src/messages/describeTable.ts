import { oneLine } from './oneLine';
import type { ColumnShape, TableShape } from '../core/rehearsal/rehearsal';
import type { Translate } from './translate';

/** Columns that a table has no room for in a tooltip are counted. */
const shownAtMost = 60;
const widest = 40;

/** A table, and what a migration does to it. */
interface TableView extends TableShape {
  readonly change?: 'created' | 'changed' | 'dropped' | 'earlier';
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** A table or view in a line: what it is, and what the migration does to it. */
export function describeTable({ name, type, change }: TableView, t: Translate): string {
  const what = { table: t('table'), view: t('view'), virtual: t('virtual table') }[type];
  const args = { name: oneLine(name), what };
  switch (change) {
    case 'created':
      return t('{name}: {what}, made by this migration', args);
    case 'changed':
      return t('{name}: {what}, as this migration leaves it', args);
    case 'dropped':
      return t('{name}: {what}, as it is before this migration drops it', args);
    case 'earlier':
      return t('{name}: {what}, as this migration made it before the last edits', args);
    case undefined:
      return `${args.name}: ${what}`;
  }
}

/** Its columns, one a line, in columns of equal width. */
export function describeColumns(
  { columns, added, removed, change }: TableView,
  t: Translate,
): string {
  const isNew = (name: string): boolean => change === 'changed' && added.includes(name);
  const rows = columns
    .slice(0, shownAtMost)
    .map((column) => [
      oneLine(column.name, widest),
      oneLine(column.type, widest),
      [...facts(column, t), ...(isNew(column.name) ? [t('(new)')] : [])].join(', '),
    ]);
  const widths = [0, 1].map((at) => Math.max(0, ...rows.map((row) => row[at]!.length)));
  const lines = rows.map(([name, type, rest]) =>
    `${name!.padEnd(widths[0]!)}  ${type!.padEnd(widths[1]!)}  ${rest}`.trimEnd(),
  );
  const more = columns.length - rows.length;
  return [
    ...lines,
    ...(more > 0 ? [t('and {count} more', { count: more })] : []),
    ...(removed.length > 0
      ? [t('removed: {names}', { names: oneLine(removed.join(', '), 200) })]
      : []),
  ].join('\n');
}

function facts(column: ColumnShape, t: Translate): string[] {
  return [
    column.primaryKey ? t('primary key') : '',
    column.notNull ? t('not null') : '',
    column.default === undefined
      ? ''
      : t('default {value}', { value: oneLine(column.default, 80) }),
  ].filter(Boolean);
}
