import type { InvalidReason } from '../../core/errors';
import { fileSize } from '../text';
import type { ErrorSentences, ErrorView } from './errorView';

/** What is wrong with the migrations folder, the history table or what was asked for. */
export const migrationErrors: ErrorSentences<
  | 'history.foreign'
  | 'history.otherTool'
  | 'migrations.folderMissing'
  | 'migrations.none'
  | 'migrations.invalid'
  | 'migrations.duplicate'
  | 'migrations.layout'
  | 'migrations.tooMuch'
  | 'migrations.unwritable'
  | 'goal.unknown'
> = {
  'history.foreign': (error) => ({
    message: foreignHistory(error),
    advice: error.t(
      'Rename or remove it if nothing else uses it; Lockstep writes only to a history table it knows.',
    ),
  }),
  'history.otherTool': (error) => ({
    message: error.t('The table {table} is the history of {tool}, not of this folder.', {
      table: error.text('table'),
      tool: error.text('tool'),
    }),
    advice: error.t('Migrate this database with {tool}, or name another database.', {
      tool: error.text('tool'),
    }),
  }),
  'migrations.folderMissing': (error) => ({
    message: error.t('There is no folder {folder}.', { folder: error.path('folder') }),
    advice: error.t('Check the path, or create the first migration.'),
  }),
  'migrations.none': (error) => ({
    message: error.t('{folder} has no migrations.', { folder: error.path('folder') }),
    advice: error.t(
      'Migrations are files such as 001_initial.sql, or 20260101120000_initial.sql with “-- migrate:up”.',
    ),
  }),
  'migrations.invalid': (error) => ({
    message: error.placed(invalidReason(error)),
    advice: error.t('Correct the file, then try again. Nothing was run.'),
  }),
  'migrations.duplicate': (error) => ({
    message: error.t('Two migrations have the version {version}: {files}.', {
      version: error.text('version'),
      files: error.text('files', 4096),
    }),
    advice: error.t('Give one of them another version. Nothing was run.'),
  }),
  'migrations.layout': (error) => ({
    message: error.t(
      '{folder} holds migrations in the layout of {layout}, which Lockstep cannot run.',
      {
        folder: error.path('folder'),
        layout: error.text('layout'),
      },
    ),
    advice: error.t('Supported are plain numbered files and the layout of dbmate.'),
  }),
  'migrations.tooMuch': (error) => ({
    message: error.t(
      'The migrations in {folder} have {size} together, more than the {limit} that are read.',
      {
        folder: error.path('folder'),
        size: fileSize(error.number('bytes'), error.t),
        limit: fileSize(error.number('limit'), error.t),
      },
    ),
    advice: error.t(
      'Move what is no migration out of the folder, and load large data with a program of its own.',
    ),
  }),
  'migrations.unwritable': (error) => ({
    message: error.t('No migration could be created in {folder}. ({message})', {
      folder: error.path('folder'),
      message: error.text('message'),
    }),
    advice: error.t('Check the permissions of the folder; a file of that name may exist already.'),
  }),
  'goal.unknown': (error) => ({
    message: error.t('There is no migration “{id}” to stop at.', { id: error.text('id') }),
    advice: error.t('Give the version or the whole name of a migration, as the status lists them.'),
  }),
};

function foreignHistory(error: ErrorView): string {
  const names = { table: error.text('table') };
  switch (error.text('reason')) {
    case 'view':
      return error.t('{table} is a view, so no history can be kept in it.', names);
    case 'triggers':
      return error.t(
        'The table {table} has triggers, so writing the history could change other data.',
        names,
      );
    default:
      return error.t('The table {table} has other columns than a history of this layout.', names);
  }
}

/** Why a migration file cannot be understood, in words. */
function invalidReason(error: ErrorView): string {
  const reason = error.text('reason');
  return Object.hasOwn(reasons, reason) ? reasons[reason as InvalidReason](error) : reason;
}

const reasons: { readonly [Reason in InvalidReason]: (error: ErrorView) => string } = {
  nul: ({ t }) => t('The file contains a NUL character; SQLite would stop reading there.'),
  encoding: ({ t }) =>
    t('There is something here that is not valid UTF-8. Save the file as UTF-8.'),
  unreadable: (error) =>
    error.t('The file cannot be read ({message}).', { message: error.text('message') }),
  tooLarge: (error) =>
    error.t('The file is larger than {limit} MB.', { limit: error.text('limit') }),
  carriageReturn: ({ t }) =>
    t(
      'A comment ends with a lone carriage return, which SQLite does not take for the end of the line: what follows would be part of the comment.',
    ),
  dotCommand: (error) =>
    error.t('{command} is a command of the sqlite3 shell and not SQL.', {
      command: error.text('command', 80),
    }),
  unterminated: ({ t }) => t('A string, a quoted name or a comment begins here and never ends.'),
  transactionControl: (error) =>
    error.t(
      'This statement ({statement}) begins or ends a transaction without a counterpart in the script.',
      { statement: error.text('statement', 120) },
    ),
  noUpMarker: ({ t }) => t('The file has no “-- migrate:up” line.'),
  textBeforeMarker: ({ t }) => t('There is SQL before the first “-- migrate:up” line.'),
  downBeforeUp: ({ t }) => t('“-- migrate:down” comes before “-- migrate:up”.'),
  secondDown: ({ t }) => t('A second “-- migrate:down” follows the first.'),
  downWithoutUp: ({ t }) => t('There is no migration that this down script undoes.'),
  otherLayout: (error) =>
    error.t('The file is in the layout of {layout}, not that of plain numbered files.', {
      layout: error.text('layout', 80),
    }),
  option: (error) =>
    error.t('“{option}” is not an option of “-- lockstep:”.', { option: error.text('option', 80) }),
};
