import { describeHolder } from '../holder';
import { duration } from '../text';
import type { ErrorSentences, ErrorView } from './errorView';

/** What kept a run from starting or ended it, apart from the migrations and the file. */
export const runErrors: ErrorSentences<
  | 'lock.timeout'
  | 'lock.live'
  | 'lock.stuck'
  | 'run.interrupted'
  | 'run.marksUnwritable'
  | 'run.notAtomic'
  | 'run.cancelled'
  | 'drift.over'
  | 'drift.notKept'
  | 'log.unwritable'
  | 'rehearsal.cannot'
  | 'target.none'
  | 'target.several'
  | 'target.untrusted'
  | 'usage'
  | 'migrator.crashed'
  | 'internal'
> = {
  'lock.timeout': (error) => ({
    message: error.t(
      'The lock did not come free within {limit} ({attempts} attempts). {holder} has it.',
      {
        limit: duration(error.number('limitMs') || error.number('waitedMs'), error.t),
        attempts: error.text('attempts'),
        holder: capitalised(describeHolder(error.holder, error.t)),
      },
    ),
    detail: error.holder
      ? error.t('Likely causes: it is stuck or stopped, its migration is slow, or the disk is.')
      : error.t(
          'It holds SQLite’s own lock. Likely causes: an app, a shell or another tool has a write transaction open or is stuck; missing permissions; a disk or network drive that does not answer.',
        ),
    advice: error.holder
      ? error.t(
          'Let it finish or end it, then run again. Break Lock (lockstep lock --break) helps only if that program is gone. A longer wait can be set (--wait SECONDS).',
        )
      : error.t(
          'Close the programs that use the database, or let them finish, then run again. A longer wait can be set (--wait SECONDS).',
        ),
  }),
  'lock.live': (error) => ({
    message: liveHolder(error),
    advice: error.t(
      'Let it finish, or end it. If you insist (--force), only the lock file goes; the database’s own lock lasts until that program ends.',
    ),
  }),
  'lock.stuck': (error) => ({
    message: error.t('The lock {path} cannot be removed ({message}).', {
      path: error.path('path'),
      message: error.text('message'),
    }),
    advice: error.t(
      'See what it is and who may write in its folder; move it away if nothing needs it. Until then migrations run without it, guarded by the database’s own lock.',
    ),
  }),
  'run.interrupted': (error) => ({
    message: error.placed(
      error.t(
        '{migration} ran outside a transaction and was interrupted at statement {statement} of {statements}. What ran before stays in the database.',
        {
          migration: error.text('migration'),
          statement: error.text('statement'),
          statements: error.text('statements'),
        },
      ),
    ),
    advice: error.t(
      'Look at what it left. Then run it again from its start, record it as applied (lockstep resolve --retry or --mark-applied), or restore the backup from before (lockstep restore).',
    ),
  }),
  'run.marksUnwritable': (error) => ({
    message: error.t(
      '{migration} runs outside a transaction, which needs a note in {folder} first, and that folder cannot be written.',
      { migration: error.text('migration'), folder: error.path('folder') },
    ),
    advice: error.t('Make the folder writable, or change the migration to run in a transaction.'),
  }),
  'run.notAtomic': (error) => ({
    message: error.t(
      'The run is all or nothing, but {migration} cannot share a transaction with others.',
      { migration: error.text('migration') },
    ),
    advice: error.t('Migrate up to it and past it separately, or choose another transaction mode.'),
  }),
  'run.cancelled': (error) => ({ message: error.t('Cancelled.') }),
  'drift.over': (error) => ({
    message:
      error.text('reason') === 'again'
        ? error.t('{migration} was changed again since.', { migration: error.text('migration') })
        : error.t('{migration} is no longer as it was shown.', {
            migration: error.text('migration'),
          }),
    advice: error.t('Look at it again, then decide.'),
  }),
  'drift.notKept': (error) => ({
    message: error.t('The text of {migration} is neither in git nor in the run log.', {
      migration: error.text('migration'),
    }),
    advice: error.t('Get its file from whoever applied it.'),
  }),
  'log.unwritable': (error) => ({
    message: error.t('The run log cannot be written ({reason}).', {
      reason: error.text('message'),
    }),
    advice: error.t('Make the folder .lockstep beside the database writable, then try again.'),
  }),
  'rehearsal.cannot': (error) => ({
    message: error.t('This cannot be rehearsed here ({detail}).', {
      detail: error.has('detail') ? error.text('detail') : error.text('reason'),
    }),
    advice: error.t('A run can still be started; what it does is only known then.'),
  }),
  'target.none': (error) => ({
    message: error.has('incomplete')
      ? error.t(
          'No SQLite database with migrations was found; there are so many files that not all were looked at.',
        )
      : error.t('No SQLite database with migrations was found.'),
    advice: error.t(
      'Name them: in a terminal with --database and --migrations, in VS Code with the setting lockstep.databases.',
    ),
  }),
  'target.several': (error) => ({
    message: error.t('There are several databases: {databases}.', {
      databases: error.text('databases', 4096),
    }),
    advice: error.t('Choose one; in a terminal with --database.'),
  }),
  'target.untrusted': (error) => ({
    message: error.t('This workspace is not trusted, so Lockstep only looks and runs nothing.'),
    advice: error.t('Trust the workspace to run its migrations.'),
  }),
  usage: (error) => ({
    message: error.text('message'),
    advice: error.has('command')
      ? error.t('See lockstep {command} --help.', { command: error.text('command') })
      : error.t('See lockstep --help.'),
  }),
  'migrator.crashed': (error) => ({
    message: error.has('detail')
      ? error.t('The migrator process ended unexpectedly: {detail}.', {
          detail: error.text('detail'),
        })
      : error.t('The migrator process ended unexpectedly.'),
    advice: error.t(
      'What was not committed was rolled back by SQLite. It starts again with the next command.',
    ),
  }),
  internal: (error) => ({
    message: error.t('Lockstep failed: {message}', { message: error.text('message') }),
    advice: error.t('This is a fault of Lockstep; please report it with the log.'),
  }),
};

/** Of a process that cannot be looked up only its signs of life are known. */
function liveHolder(error: ErrorView): string {
  if (!error.has('pid')) {
    return error.t(
      'The lock showed a sign of life within the last minute; who holds it is not known.',
    );
  }
  const pid = error.text('pid');
  return error.has('host')
    ? error.t(
        'The holder of the lock showed a sign of life within the last minute: pid {pid} on {host}.',
        { pid, host: error.text('host', 80) },
      )
    : error.t('The holder of the lock is alive: {holder}.', {
        holder: error.holder
          ? describeHolder(error.holder, error.t)
          : error.t('pid {pid}', { pid }),
      });
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
