import type { Rehearsal, RehearsedStep } from '../core/rehearsal/rehearsal';
import type { CannotReason } from '../core/errors';
import type { ColumnShape, SchemaChange, TableShape } from '../core/schema/schema';
import type { Losses, TableChange } from '../core/schema/tableChanges';
import type { RehearsalSummary } from '../core/run/runEvents';
import {
  duration,
  fileSize,
  grouped,
  listNames,
  type LogLine,
  sanitizeLine,
  type Sentence,
  type Translate,
} from './text';

/** How a run would end, in a sentence. */
export function describeVerdict(rehearsal: Rehearsal, t: Translate): string {
  const { verdict, steps, direction } = rehearsal;
  const count = steps.length;
  if (count === 0 && verdict === 'works') {
    return direction === 'up' ? t('Nothing would be applied.') : t('Nothing would be rolled back.');
  }
  const failing = steps.find((step) => step.verdict.kind === 'fails')?.migration.id;
  switch (verdict) {
    case 'works':
      return direction === 'up'
        ? count === 1
          ? t('1 migration would be applied.')
          : t('{count} migrations would be applied.', { count })
        : count === 1
          ? t('1 migration would be rolled back.')
          : t('{count} migrations would be rolled back.', { count });
    case 'schemaOnly':
      return count === 1
        ? t('1 migration fits the schema; the data is not checked.')
        : t('{count} migrations fit the schema; the data is not checked.', { count });
    case 'fails':
      if (count === 0) {
        return t('It would be refused.');
      }
      return failing === undefined
        ? t('It would fail.')
        : t('It would fail at {migration}.', { migration: sanitizeLine(failing) });
    case 'cannot':
      return t('Not all of it can be rehearsed here.');
  }
}

/** What would be deleted of what is there; undefined where nothing is. */
export function describeLosses(
  { rows, columns, tables, uncounted = [] }: Losses,
  t: Translate,
): string | undefined {
  const names = (list: readonly string[]): string => listNames(list, 5);
  const parts = [
    rows === 1 ? t('1 row') : rows > 0 ? t('{count} rows', { count: grouped(rows) }) : '',
    uncounted.length > 0
      ? t('rows of {names} (how many was not tried)', { names: names(uncounted) })
      : '',
    columns.length === 1
      ? t('the column {names}', { names: names(columns) })
      : columns.length > 1
        ? t('{count} columns ({names})', { count: grouped(columns.length), names: names(columns) })
        : '',
    tables.length === 1
      ? t('the table {names}', { names: names(tables) })
      : tables.length > 1
        ? t('{count} tables ({names})', { count: grouped(tables.length), names: names(tables) })
        : '',
  ].filter(Boolean);
  return parts.length > 0 ? t('Deletes {what}.', { what: enumerated(parts, t) }) : undefined;
}

function enumerated(parts: readonly string[], t: Translate): string {
  const last = parts.at(-1)!;
  const others = parts.slice(0, -1).join(', ');
  return others ? t('{others} and {last}', { others, last }) : last;
}

/** What it was tried on, and with which SQLite. */
export function describeBasis({ copy, engine, runEngine }: Rehearsal, t: Translate): string {
  const args = { version: engine.sqliteVersion, size: fileSize(copy.sizeBytes ?? 0, t) };
  const what = {
    full: t('Tried on a copy ({size}) with SQLite {version}', args),
    schema: t(
      'Tried on the schema alone, since the database has {size}, with SQLite {version}',
      args,
    ),
    empty: t('Tried on an empty database with SQLite {version}', args),
    none: t('Not tried: the database cannot be copied now'),
  }[copy.kind];
  return runEngine.sqliteVersion === engine.sqliteVersion || copy.kind === 'none'
    ? `${what}.`
    : `${what}; ${t('SQLite {version} will run it.', { version: runEngine.sqliteVersion })}`;
}

/** Further columns are only counted: a tooltip has room for so many. */
const columnLimit = 60;
const nameLimit = 40;

/** A table, and what a migration does to it. */
interface TableView extends TableShape {
  readonly change?: 'created' | 'changed' | 'dropped' | 'earlier';
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** A table or view in a line: what it is, and what the migration does to it. */
export function describeTable({ name, type, change }: TableView, t: Translate): string {
  const what = { table: t('table'), view: t('view'), virtual: t('virtual table') }[type];
  const args = { name: sanitizeLine(name), what };
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
    .slice(0, columnLimit)
    .map((column) => [
      sanitizeLine(column.name, nameLimit),
      sanitizeLine(column.type, nameLimit),
      [...facts(column, t), ...(isNew(column.name) ? [t('(new)')] : [])].join(', '),
    ]);
  const widths = [0, 1].map((at) => Math.max(0, ...rows.map((row) => row[at].length)));
  const lines = rows.map(([name, type, rest]) =>
    `${name.padEnd(widths[0])}  ${type.padEnd(widths[1])}  ${rest}`.trimEnd(),
  );
  const more = columns.length - rows.length;
  return [
    ...lines,
    ...(more > 0 ? [t('and {count} more', { count: more })] : []),
    ...(removed.length > 0
      ? [t('removed: {names}', { names: sanitizeLine(removed.join(', '), 200) })]
      : []),
  ].join('\n');
}

function facts(column: ColumnShape, t: Translate): string[] {
  return [
    column.primaryKey ? t('primary key') : '',
    column.notNull ? t('not null') : '',
    column.default === undefined
      ? ''
      : t('default {value}', { value: sanitizeLine(column.default, 80) }),
  ].filter(Boolean);
}

/** What one migration does, in a few short parts; none where it changes nothing. */
export function describeChanges(
  { schema, tables }: Pick<RehearsedStep, 'schema' | 'tables'>,
  t: Translate,
): string[] {
  const described = new Set(tables.map(({ table }) => table));
  const objects = schema.filter(({ type, name }) => !(type === 'table' && described.has(name)));
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
  return wasRenamed ? [] : [`${signs[change]} ${type} ${sanitizeLine(name)}`];
}

function tableParts(change: TableChange, t: Translate): string[] {
  const { created, dropped, renamedFrom, rowsBefore, rowsAfter } = change;
  const table = sanitizeLine(change.table);
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
      : [t('{from} is now {to}', { from: sanitizeLine(renamedFrom), to: table })];
  const columns = [
    ...change.columnsAdded.map((name) => `+ ${table}.${sanitizeLine(name)}`),
    ...change.columnsRemoved.map((name) => `− ${table}.${sanitizeLine(name)}`),
    ...change.columnsRenamed.map(({ from, to }) =>
      t('{from} is now {to}', { from: `${table}.${sanitizeLine(from)}`, to: sanitizeLine(to) }),
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

/** Why a migration cannot be rehearsed here. */
export function describeCannot(
  { migration, reason, detail = '' }: { migration: string; reason: CannotReason; detail?: string },
  t: Translate,
): Sentence {
  return {
    message: t('{migration} cannot be rehearsed here: {why}.', {
      migration: sanitizeLine(migration),
      why: because(reason, sanitizeLine(detail), t),
    }),
  };
}

function because(reason: CannotReason, name: string, t: Translate): string {
  switch (reason) {
    case 'module':
      return t('it needs the module {name}', { name });
    case 'function':
      return t('it needs the function {name}', { name });
    case 'collation':
      return t('it needs the collation {name}', { name });
    case 'extension':
      return t('it loads an extension');
    case 'newer':
      return t('only the newer SQLite that will run it understands it ({name})', { name });
    case 'file':
      return t('{name} depends on other files', { name });
    case 'data':
      return t('it depends on the data, and only the schema was tried ({name})', { name });
    case 'time':
      return t('it takes too long');
    case 'memory':
      return t('there is not enough memory');
    case 'crash':
      return name ? t('the engine gave up ({name})', { name }) : t('the engine gave up');
    case 'copy':
      return name
        ? t('the database cannot be copied now ({name})', { name })
        : t('the database cannot be copied now');
  }
}

/** What a run's rehearsal found, for the log. */
export function describeRehearsed(rehearsal: RehearsalSummary, t: Translate): LogLine {
  const line = verdictLine(rehearsal, t);
  const deleted = describeLosses(rehearsal.losses, t);
  return deleted && rehearsal.verdict !== 'fails'
    ? { ...line, level: 'info', message: `${line.message} ${deleted}` }
    : line;
}

function verdictLine(rehearsal: RehearsalSummary, t: Translate): LogLine {
  const { verdict, steps, works, cannot, ms, engine } = rehearsal;
  const time = duration(ms, t);
  const args = { count: steps, works, time, version: engine.sqliteVersion };
  switch (verdict) {
    case 'works':
      return {
        level: 'debug',
        message: t('Rehearsed on a copy: {count} of {count} work ({time}).', args),
      };
    case 'schemaOnly':
      return {
        level: 'info',
        message: t(
          'Rehearsed on the schema alone, since the database is large: {works} fit.',
          args,
        ),
      };
    case 'fails':
      return {
        level: 'debug',
        message: t('Rehearsed on a copy: {works} of {count} work ({time}).', args),
      };
    case 'cannot':
      return cannot
        ? { level: cannot.reason === 'time' ? 'debug' : 'info', ...describeCannot(cannot, t) }
        : { level: 'debug', message: t('Could not be rehearsed here.') };
  }
}
