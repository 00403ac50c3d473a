import type { LintSentence } from './lintSentence';

/** Rows, or a column's values, that go with a DROP. */
export const describeDrop: LintSentence = (text, rows, t) => {
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
};
