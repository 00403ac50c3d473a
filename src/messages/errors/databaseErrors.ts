import type { ErrorSentences, ErrorView } from './errorView';

/** What is wrong with the database file or with writing it. */
export const databaseErrors: ErrorSentences<
  | 'database.notADatabase'
  | 'database.missing'
  | 'database.folderMissing'
  | 'database.replaced'
  | 'database.readOnly'
  | 'database.full'
  | 'database.io'
  | 'writer.refused'
  | 'engine.unavailable'
> = {
  'database.notADatabase': (error) => ({
    message: error.t('{path} is not a SQLite database.', at(error)),
    advice: error.t('Check the path. An encrypted database cannot be opened either.'),
  }),
  'database.missing': (error) => ({
    message: error.t('There is no database {path}.', at(error)),
    advice: error.t('Check the path, or migrate: that creates it.'),
  }),
  'database.folderMissing': (error) => ({
    message: error.t('There is no folder for the database {path}.', at(error)),
    advice: error.t('Create the folder, or correct the path.'),
  }),
  'database.replaced': (error) => ({
    message: error.t(
      '{path} was replaced by another file during the run. What was not committed yet was dropped.',
      at(error),
    ),
    advice: error.t(
      'Run again once nothing replaces the file any more (a restore, a sync program).',
    ),
  }),
  'database.readOnly': (error) => ({
    message: withReason(error, error.t('{path} cannot be written.', at(error))),
    advice: error.t(
      'Check the permissions of the file and of its folder: SQLite writes beside it.',
    ),
  }),
  'database.full': (error) => ({
    message: withReason(error, error.t('There is no room left to write {path}.', at(error))),
    advice: error.t('Make room on the disk, then run again.'),
  }),
  'database.io': (error) => ({
    message: withReason(error, error.t('{path} could not be read or written.', at(error))),
    advice: error.t('Check the disk and, on a network drive, the connection; then run again.'),
  }),
  'writer.refused': (error) => ({
    message: describeRefusal(error),
    advice: adviceOnRefusal(error),
  }),
  'engine.unavailable': (error) => ({
    message: error.t('The engine “{engine}” is not available here.', {
      engine: error.text('engine'),
    }),
    advice: error.t(
      '“native” needs Node.js 22.13 or newer with node:sqlite. Choose “auto” to use what there is.',
    ),
  }),
};

function at(error: ErrorView): { path: string } {
  return { path: error.path('path') };
}

function withReason(error: ErrorView, message: string): string {
  return error.has('message') ? `${message} (${error.text('message')})` : message;
}

function describeRefusal(error: ErrorView): string {
  switch (error.text('reason')) {
    case 'wal':
      return error.t('{path} has a write-ahead log beside it, which was not touched.', at(error));
    case 'walHeader':
      return error.t('{path} is in WAL mode; it was not touched.', at(error));
    case 'journal':
      return error.t('{path} has a rollback journal beside it; it was not touched.', at(error));
    case 'hardLinks':
      return error.t(
        '{path} has another name, too (a hard link): only one of them would change. It was not touched.',
        at(error),
      );
    case 'locked':
      return error.t('{path} is locked by {program}; it was not touched.', {
        ...at(error),
        program: programOf(error),
      });
    case 'open':
      return error.t('{path} is open in {program}; it was not touched.', {
        ...at(error),
        program: programOf(error),
      });
    case 'owner':
      return error.t(
        '{path} belongs to another user or group, which would not stay so; it was not touched.',
        at(error),
      );
    case 'size':
      return error.t('{path} is too large for the fallback; it was not touched.', at(error));
    case 'unknownHeader':
      return error.t('The header of {path} is not understood; it was not touched.', at(error));
    default:
      return error.t('{path} cannot be written safely; it was not touched.', at(error));
  }
}

function programOf(error: ErrorView): string {
  const pid = error.number('pid');
  if (pid <= 0) {
    return error.t('another program');
  }
  const process = String(pid);
  return error.has('program')
    ? error.t('another program (“{name}”, process {process})', {
        name: error.text('program', 50),
        process,
      })
    : error.t('another program (process {process})', { process });
}

function adviceOnRefusal(error: ErrorView): string {
  switch (error.text('reason')) {
    case 'hardLinks':
      return error.t(
        'Here only the built-in fallback can write, and it replaces the file. Remove the other name, or use a VS Code or a Node.js with node:sqlite (22.13 or newer).',
      );
    case 'locked':
    case 'open':
      return error.t(
        'Here only the built-in fallback can write, and what that program writes could be lost. End it or have it close the database, or use a VS Code or a Node.js with node:sqlite (22.13 or newer).',
      );
    case 'owner':
      return error.t(
        'Here only the built-in fallback can write, and it replaces the file. Run as its owner, or use a VS Code or a Node.js with node:sqlite (22.13 or newer).',
      );
    default:
      return error.t(
        'Here only the built-in fallback can write, and it would lose data. Use a VS Code or a Node.js with node:sqlite (22.13 or newer).',
      );
  }
}

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
