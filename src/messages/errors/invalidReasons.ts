import type { InvalidReason } from '../../core/errors';
import type { ErrorView } from './errorView';

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

/** Why a migration file cannot be understood, in words. */
export function invalidReason(error: ErrorView): string {
  const reason = error.text('reason');
  return Object.hasOwn(reasons, reason) ? reasons[reason as InvalidReason](error) : reason;
}
