import type { LintRule, LintWarning } from '../core/lint/rule';
import { sanitizeLine, type Sentence, type Translate } from './text';

/** What is dangerous in a migration, and what to do about it. */
export function describeLint({ rule, params }: LintWarning, t: Translate): Sentence {
  const text = (name: string): string => sanitizeLine(String(params[name] ?? '?'), 200);
  return sentences[rule](text, Number(params.rows ?? -1), t);
}

/**
 * Words a warning of one rule.
 *
 * @param rows -1 where they are not known
 */
type LintSentence = (text: LintParameter, rows: number, t: Translate) => Sentence;

/** One of a warning's parameters, as a safe text. */
type LintParameter = (name: string) => string;

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

/** A PRAGMA that does not do what it seems to. */
function describePragma(text: LintParameter, _rows: number, t: Translate): Sentence {
  const args = { pragma: text('pragma'), now: text('now') };
  switch (text('case')) {
    case 'foreignKeysOff':
      return {
        message: t(
          'PRAGMA {pragma} does nothing inside a transaction: foreign keys stay off.',
          args,
        ),
        advice: t(
          'To have them enforced while the migration runs, ask for it with foreign_keys:true. They are checked before the commit anyway.',
        ),
      };
    case 'foreignKeysOn':
      return {
        message: t(
          'PRAGMA {pragma} does nothing inside a transaction: foreign keys stay on.',
          args,
        ),
        advice: t('Remove foreign_keys:true from the file to have them off.'),
      };
    case 'foreignKeysAlready':
      return {
        message: t(
          'PRAGMA {pragma} does nothing inside a transaction; it is not needed either.',
          args,
        ),
        advice: t(
          'Lockstep switches foreign keys off before a migration and checks them before the commit.',
        ),
      };
    case 'leftOut':
      return {
        message: t(
          'PRAGMA {pragma} is left out: it cannot run inside a transaction, and would end with the migration.',
          args,
        ),
        advice: t('Remove it; your app sets it for its own connections.'),
      };
    case 'connection':
      return {
        message: t('PRAGMA {pragma} ends with the migration’s connection.', args),
        advice: t('Set it where your app opens the database.'),
      };
    case 'needsVacuum':
      return {
        message: t('PRAGMA {pragma} does nothing without a VACUUM after it.', args),
        advice: t('Follow it with VACUUM, in a migration of its own.'),
      };
    case 'encoding':
      return {
        message: t('PRAGMA {pragma} does nothing: the encoding of a database cannot change.', args),
        advice: t('Remove it.'),
      };
    case 'unknown':
      return {
        message: t('SQLite does not know PRAGMA {pragma}, and ignores it.', args),
        advice: t('Check its spelling.'),
      };
    default: // outside
      return {
        message: t(
          'With PRAGMA {pragma} in it the whole migration runs outside a transaction; if it breaks off, what was done before stays.',
          args,
        ),
        advice: t('Put the PRAGMA into a migration of its own.'),
      };
  }
}

/** Rows, or a column's values, that go with a DROP. */
function describeDrop(text: LintParameter, rows: number, t: Translate): Sentence {
  const args = { table: text('table'), column: text('column'), rows, kept: text('kept') };
  if (text('case') === 'column') {
    return {
      message:
        rows < 0
          ? t('Drops {table}.{column} with all its values.', args)
          : rows === 1
            ? t('Drops {table}.{column}, which has a value in 1 row.', args)
            : t('Drops {table}.{column}, which has values in {rows} rows.', args),
      advice: t('Copy them first if they are still needed.'),
    };
  }
  if (text('case') === 'partly') {
    return {
      message: t('Drops {table} with {rows} rows, of which {kept} were copied before.', args),
      advice: t('Check the condition by which they are copied.'),
    };
  }
  return {
    message:
      rows < 0
        ? t('Drops {table} with all its rows.', args)
        : rows === 1
          ? t('Drops {table} with 1 row.', args)
          : t('Drops {table} with {rows} rows.', args),
    advice: t('Copy them first if they are still needed.'),
  };
}
