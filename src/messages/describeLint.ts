import type { LintRule, LintWarning } from '../core/lint/rule';
import { describeDrop } from './lint/describeDrop';
import { describePragma } from './lint/describePragma';
import type { LintSentence } from './lint/lintSentence';
import { oneLine } from './oneLine';
import type { Sentence } from './sentence';
import type { Translate } from './translate';

/** What bites in a migration, and what can be done about it. */
export function describeLint({ rule, params }: LintWarning, t: Translate): Sentence {
  const text = (name: string): string => oneLine(String(params[name] ?? '?'), 200);
  return sentences[rule](text, Number(params.rows ?? -1), t);
}

const sentences: Readonly<Record<LintRule, LintSentence>> = {
  'pragma-without-effect': describePragma,
  'cascading-rebuild': (text, rows, t) => {
    const args = { table: text('table'), child: text('child'), action: text('action'), rows };
    if (text('case') === 'renamed') {
      return {
        message: t('{child} refers to {table} now, since references follow a renamed table.', args),
        advice: t(
          'Create the new table under another name, drop the old one, and rename the new one then.',
        ),
      };
    }
    return {
      message:
        rows > 1
          ? t(
              'Dropping {table} with foreign keys on also changes {rows} rows of {child} (ON DELETE {action}).',
              args,
            )
          : t(
              'Dropping {table} with foreign keys on also changes the rows of {child} (ON DELETE {action}).',
              args,
            ),
      advice: t('Rebuild tables with foreign keys off; they are checked before the commit.'),
    };
  },
  'not-null-without-default': (text, _rows, t) => {
    const args = { table: text('table'), column: text('column') };
    const message = {
      notNull: t(
        'This works only while {table} is empty: {column} is NOT NULL and has no default.',
        args,
      ),
      computed: t(
        'This works only while {table} is empty: the default of {column} is computed.',
        args,
      ),
      stored: t('This works only while {table} is empty: {column} is generated and stored.', args),
    }[text('case')];
    return {
      message: message ?? text('case'),
      advice: t('Give it a constant default, or rebuild the table with the column in it.'),
    };
  },
  'unique-over-duplicates': (text, rows, t) => {
    const args = { columns: text('columns'), table: text('table'), rows, values: text('values') };
    return {
      message:
        args.values === '1'
          ? t('1 value of {columns} occurs more than once in {table}, in {rows} rows.', args)
          : t(
              '{values} values of {columns} occur more than once in {table}, in {rows} rows.',
              args,
            ),
      advice: t('Merge or delete the duplicates in a statement before this one.'),
    };
  },
  'no-where': (text, rows, t) => {
    const args = { table: text('table'), rows };
    const isDelete = text('verb') === 'DELETE';
    const message =
      rows > 1
        ? isDelete
          ? t('Without WHERE this deletes all {rows} rows of {table}.', args)
          : t('Without WHERE this changes all {rows} rows of {table}.', args)
        : isDelete
          ? t('Without WHERE this deletes all rows of {table}.', args)
          : t('Without WHERE this changes all rows of {table}.', args);
    return { message, advice: t('If all are meant, say so with WHERE true.') };
  },
  'drop-with-rows': describeDrop,
  'transaction-control': (text, _rows, t) =>
    text('case') === 'outer'
      ? {
          message: t(
            'BEGIN and COMMIT are left out: a migration has a transaction already, shared with its history row.',
          ),
          advice: t('Remove both.'),
        }
      : {
          message: t(
            'With transaction control in it the whole migration runs outside a transaction of Lockstep’s; if it breaks off, what was committed stays.',
          ),
          advice: t('Remove it, or split the migration where it commits.'),
        },
  'if-not-exists': (text, _rows, t) => ({
    message: t('{name} exists and is not what is written here; this statement does nothing.', {
      name: text('name'),
    }),
    detail: text('existing'),
    advice: t('Change what is there (ALTER, or drop it first), or leave IF NOT EXISTS out.'),
  }),
  'incomplete-down': (text, _rows, t) =>
    text('case') === 'again'
      ? {
          message: t('After this way back the migration cannot be applied again: {message}.', {
            message: text('message').replace(/\.$/, ''),
          }),
          advice: t('Undo here what the way up does, its rows included.'),
        }
      : {
          message: t('This way back leaves the schema different: {names}.', {
            names: text('names'),
          }),
          advice: t('Undo here what the way up does, in the reverse order.'),
        },
};
