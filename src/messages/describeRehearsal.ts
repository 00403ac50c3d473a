import type { Losses, Rehearsal } from '../core/rehearsal/rehearsal';
import { grouped } from './grouped';
import { oneLine } from './oneLine';
import type { Translate } from './translate';

/** What would come of it, in a sentence. */
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
        : t('It would fail at {migration}.', { migration: oneLine(failing) });
    case 'cannot':
      return t('Not all of it can be rehearsed here.');
  }
}

/** What would be deleted of what is there; undefined where nothing is. */
export function describeLosses(
  { rows, columns, tables, uncounted = [] }: Losses,
  t: Translate,
): string | undefined {
  const names = (list: readonly string[]): string => {
    const shown = list.slice(0, 5).map((name) => oneLine(name));
    return list.length > shown.length ? `${shown.join(', ')}, …` : shown.join(', ');
  };
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

/** On what, and by what, it was tried. */
export function describeBasis({ copy, engine, runEngine }: Rehearsal, t: Translate): string {
  const args = { version: engine.sqliteVersion, size: size(copy.sizeBytes ?? 0, t) };
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

function size(bytes: number, t: Translate): string {
  return bytes < 1024 * 1024
    ? t('{count} KB', { count: Math.ceil(bytes / 1024) })
    : t('{count} MB', { count: Number((bytes / 1024 / 1024).toFixed(1)) });
}
