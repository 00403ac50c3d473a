import type { ErrorSentences, ErrorView } from './errorView';

/** What went wrong inside a migration. */
export const sqlErrors: ErrorSentences<
  | 'sql.failed'
  | 'sql.newer'
  | 'sql.parameters'
  | 'sql.transactionEnded'
  | 'sql.outside'
  | 'foreignKeys.violated'
  | 'children.vanished'
  | 'rollback.noWayBack'
> = {
  'sql.failed': (error) =>
    error.has('from')
      ? {
          message: error.t(
            'The down migration of {migration} that the run log has kept failed: {message}',
            {
              ...named(error),
              message: error.text('message'),
            },
          ),
          detail: error.statement(),
          advice: undoOtherwise(error),
        }
      : {
          message: error.placed(error.text('message')),
          detail: error.statement(),
          advice: error.t('Correct {migration}, then run again.', named(error)),
        },
  'sql.newer': (error) => ({
    message: error.placed(
      error.t('{message} (SQLite {version} runs it; only {understoodBy} understands it.)', {
        message: error.text('message'),
        version: error.text('version'),
        understoodBy: error.text('understoodBy'),
      }),
    ),
    detail: error.statement(),
    advice: error.t('Write {migration} for the older SQLite.', named(error)),
  }),
  'sql.parameters': (error) => ({
    message: error.placed(
      error.t(
        'A statement of {migration} has a parameter (? or :name) without a value.',
        named(error),
      ),
    ),
    detail: error.statement(),
    advice: error.t('Write the value itself; in a text it must stand between single quotes.'),
  }),
  'sql.transactionEnded': (error) => ({
    message: error.placed(
      error.t(
        'A statement of {migration} ended the transaction it ran in (ON CONFLICT ROLLBACK, RAISE(ROLLBACK) or the like). Nothing of this migration was kept.',
        named(error),
      ),
    ),
    detail: error.statement(),
    advice: error.t('Remove the conflict, or use ABORT instead of ROLLBACK, then run again.'),
  }),
  'sql.outside': (error) => {
    const { reason, advice } = outside(error);
    return { message: error.placed(reason), detail: error.statement(), advice };
  },
  'foreignKeys.violated': (error) => ({
    message: error.placed(
      error.t(
        '{migration} would leave rows of {table} that point at missing rows of {parent} ({count} found).',
        {
          ...named(error),
          table: error.text('table'),
          parent: error.text('parent'),
          count: error.text('count'),
        },
      ),
    ),
    advice: error.t('Keep or move the rows they point at, or delete these rows first.'),
  }),
  'children.vanished': (error) => ({
    message: error.placed(
      error.t(
        '{migration} would delete rows of {table} on the way ({before} before, {after} after), as happens when a table that others point at is dropped and made again.',
        {
          ...named(error),
          table: error.text('table'),
          before: error.text('before'),
          after: error.text('after'),
        },
      ),
    ),
    advice: error.t('If the rows should go, delete them with a statement of their own.'),
  }),
  'rollback.noWayBack': (error) => ({
    message: error.placed(error.t('{migration} has no down migration.', named(error))),
    advice: error.t(
      'Add a down script to it, undo it with a new migration, or restore a backup from before it (lockstep restore).',
    ),
  }),
};

function outside(error: ErrorView): { reason: string; advice: string } {
  const names = { ...named(error), file: error.has('file') ? error.path('file') : '…' };
  switch (error.text('reason')) {
    case 'itself':
      return {
        reason: error.t(
          '{migration} would open the database that it runs on a second time.',
          names,
        ),
        advice: error.t('Use it without ATTACH.'),
      };
    case 'uri':
      return {
        reason: error.t('{migration} names a file as a URI, which can switch locks off.', names),
        advice: error.t('Write its plain path.'),
      };
    case 'computed':
      return {
        reason: error.t('{migration} names a file by something else than a text.', names),
        advice: error.t('Write its path between single quotes.'),
      };
    case 'process':
      return {
        reason: error.t(
          '{migration} sets something for the whole process, so for other databases, too.',
          names,
        ),
        advice: error.t('Leave the PRAGMA out.'),
      };
    default:
      return {
        reason: error.t(
          '{migration} would open or write {file}, which is neither in the folder of the database nor in the workspace.',
          names,
        ),
        advice: error.t(
          'If that is meant, allow it: in a terminal with --allow-outside, in VS Code with the user setting lockstep.allowOutside.',
        ),
      };
  }
}

function undoOtherwise(error: ErrorView): string {
  return error.t(
    'Undo it with a new migration, or restore a backup from before it (lockstep restore).',
  );
}

function named(error: ErrorView): { migration: string } {
  return { migration: error.text('migration') };
}
