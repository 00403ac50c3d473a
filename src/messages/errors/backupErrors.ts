import type { ErrorSentences, ErrorView } from './errorView';

/** What keeps a backup from being made or restored. */
export const backupErrors: ErrorSentences<'backup.failed' | 'backup.unknown' | 'restore.refused'> =
  {
    'backup.failed': (error) => ({
      message: error.t('No backup could be made in {folder}, so nothing was changed. ({message})', {
        folder: error.path('folder'),
        message: error.text('message'),
      }),
      advice: error.t(
        'Make room or the folder writable, then try again. To migrate without a backup set lockstep.backup.keep to 0 (--backups 0).',
      ),
    }),
    'backup.unknown': (error) => ({
      message: error.t('There is no backup “{name}” in {folder}.', {
        name: error.text('name'),
        folder: error.path('folder'),
      }),
      advice: error.t(
        'Choose one that is listed (lockstep backups). One that was moved away must be put back there first.',
      ),
    }),
    'restore.refused': describeRestoreRefusal,
  };

function describeRestoreRefusal(error: ErrorView): { message: string; advice: string } {
  const { t } = error;
  const at = { path: error.path('path'), name: error.text('name') };
  switch (error.text('reason')) {
    case 'pageSize':
      return {
        message: t(
          '{name} has pages of {was} bytes and {path} of {is}; SQLite cannot change that in WAL mode.',
          { ...at, was: error.text('was'), is: error.text('is') },
        ),
        advice: t(
          'Close the programs that use the database, run “PRAGMA journal_mode=DELETE” on it, then restore again.',
        ),
      };
    case 'notADatabase':
      return {
        message: t('{path} is not a SQLite database, so nothing can be restored into it.', at),
        advice: t('Move the file away, then restore again: the database is created anew.'),
      };
    case 'damaged':
      return {
        message: t('{name} is damaged and was not restored. ({message})', {
          ...at,
          message: error.text('message'),
        }),
        advice: t('Choose another backup.'),
      };
    case 'noBackupApi':
      return {
        message: t('The SQLite of this Node.js cannot restore {name}.', at),
        advice: t(
          'Restore in a terminal with a newer Node.js (22.16 or later): lockstep restore. Or close everything that uses the database and put a copy of the backup in its place.',
        ),
      };
    default:
      return {
        message: t('{name} cannot be restored into {path}.', at),
        advice: t('Choose another backup.'),
      };
  }
}
