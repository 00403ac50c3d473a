import {
  type DatabaseLook,
  type HistoryEntry,
  isHistoryKnown,
  type LockState,
  type RunningMark,
  type Status,
} from '../core/model';
import { outcomeOf } from '../core/run/runEvents';
import { describeError } from '../messages/describeError';
import { describeFinding } from '../messages/drift';
import { describeHolder, describeProgress } from '../messages/holder';
import { duration, sanitizeLine, plainTranslate as t } from '../messages/text';
import { type Command, type Context, exitCodes } from './context';
import { localTime, shortPath, type Style } from './output';

/** `lockstep status`: reads, and changes nothing. */
export const statusCommand: Command = async (context) => {
  const { options, output, service } = context;
  const { target, guessed } = await context.target();
  const status = await service.status({ ...target, engine: options.engine });
  output.object({ type: 'status', ...status });
  if (!output.json) {
    statusText(status, output.style, { guessed }).forEach((line) => output.text(line));
  }
  return exitCode(status, options.check);
};

function exitCode(status: Status, check: boolean): number {
  const { error, look, pending, mark } = status;
  if (error) {
    return exitCodes[outcomeOf(error.code)];
  }
  if (look.state === 'notADatabase') {
    return exitCodes.invalid;
  }
  return check && (pending.length > 0 || mark?.orphaned || !isHistoryKnown(status)) ? 1 : 0;
}

/** `lockstep lock`: shows the sentinel lock or removes it. */
export const lockCommand: Command = async (context) => {
  const { options, output, service } = context;
  if (options.break) {
    const database = await context.database();
    const broken = await service.breakLock({ database, force: options.force });
    output.object({ type: 'broken', lock: broken });
    output.text(brokenText(broken));
    return 0;
  }
  const { lock, mark } = await lockStatus(context);
  output.object({ type: 'lock', lock, mark });
  output.text(lockText(lock, output.style));
  if (mark) {
    markText(mark, output.style).forEach((line) => output.text(line));
  }
  return 0;
};

/** An interrupted migration is shown even where the migrations' folder is not known. */
async function lockStatus(context: Context): Promise<Status> {
  const { options, service } = context;
  if (options.database !== undefined && options.migrations.length === 0) {
    return service.status({ database: await context.database(), folders: [] });
  }
  return service.status((await context.target()).target);
}

function brokenText(lock: LockState): string {
  if (lock.kind === 'free') {
    return t('There was no lock.');
  }
  const holder = lock.holder ? describeHolder(lock.holder, t) : t('a holder that is not known');
  const removed = t('Removed the lock of {holder}.', { holder });
  return lock.kind === 'stale'
    ? removed
    : `${removed} ${t('The database’s own lock lasts until that program ends.')}`;
}

/** How many applied migrations are listed; the JSON has all. */
const historyLimit = 10;

/**
 * A status as lines for people.
 *
 * @param guessed the path of the database is a guess; no run creates it unless it is named
 */
export function statusText(
  status: Status,
  style: Style,
  { guessed = false }: { readonly guessed?: boolean } = {},
): string[] {
  const { target, look, engine, history, pending, findings, mark, lock, error } = status;
  const facts = [
    guessed && look.state === 'missing'
      ? t('not there yet; name it to create it (--database FILE)')
      : databaseText(look),
    look.journalMode && t('{mode} mode', { mode: sanitizeLine(look.journalMode) }),
    engine && `SQLite ${engine.sqliteVersion} (${engine.name})`,
  ];
  const folders = target.folders.map((folder) => sanitizeLine(shortPath(folder), 4096)).join(', ');
  const lines = [
    `${style.bold(sanitizeLine(shortPath(target.database), 4096))}  ${facts.filter(Boolean).join(', ')}`,
    `${folders}${status.format ? `  ${t('{format} layout', { format: status.format })}` : ''}`,
    lockText(lock, style),
  ];
  if (mark) {
    lines.push(...markText(mark, style));
  }
  if (error) {
    const { message, advice } = describeError(error, t);
    return [...lines, style.red(message), ...(advice ? [style.dim(`  ${advice}`)] : [])];
  }
  return [
    ...lines,
    '',
    ...historyText(history, style),
    style.bold(
      !isHistoryKnown(status)
        ? t('Pending: not known')
        : pending.length > 0
          ? t('Pending ({count})', { count: pending.length })
          : t('Nothing is pending.'),
    ),
    ...pending.map(({ id }) => `  ${style.yellow('○')} ${sanitizeLine(id)}`),
    ...findings.map((finding) => {
      const { level, message } = describeFinding(finding, t);
      const color = level === 'error' ? style.red : level === 'warning' ? style.yellow : style.dim;
      return color(message);
    }),
  ];
}

/** The lock, on one line. */
function lockText(lock: LockState, style: Style): string {
  if (lock.kind === 'free') {
    return t('Lock: free');
  }
  const holder = lock.holder ? describeHolder(lock.holder, t) : t('a holder that is not known');
  const progress = describeProgress(lock.holder?.progress, t);
  const who = progress ? `${holder}, ${progress}` : holder;
  return style.yellow(
    lock.kind === 'held'
      ? t('Lock: held by {holder}', { holder: who })
      : t('Lock: left behind by {holder}; the next run takes it over', { holder: who }),
  );
}

/** A step outside a transaction that is running or was interrupted. */
function markText(mark: RunningMark, style: Style): string[] {
  const { migration, statement, statements } = mark;
  if (!mark.orphaned) {
    return [
      t('{migration} runs outside a transaction, statement {statement} of {statements}.', {
        migration: sanitizeLine(migration.id),
        statement,
        statements,
      }),
    ];
  }
  const params = { migration: migration.id, statement, statements };
  const { message, advice } = describeError({ code: 'run.interrupted', params }, t);
  return [style.red(message), style.dim(`  ${advice}`)];
}

function databaseText(look: DatabaseLook): string {
  switch (look.state) {
    case 'ok':
      return '';
    case 'missing':
      return t('not there yet, the first run creates it');
    case 'empty':
      return t('empty');
    case 'needsRecovery':
      return t('left by a crashed program, the next run recovers it; shown after that');
    case 'busy':
      return t('changing all the time, could not be read');
    case 'notADatabase':
      return t('not a SQLite database');
    case 'unreadable':
      // Without a message it was not opened: the folder was wrong already, and that is the error.
      return look.message
        ? t('not readable: {message}', { message: sanitizeLine(look.message) })
        : '';
  }
}

function historyText(history: readonly HistoryEntry[], style: Style): string[] {
  if (history.length === 0) {
    return [];
  }
  const shown = history.slice(0, historyLimit);
  const more = history.length - shown.length;
  return [
    style.bold(t('Applied ({count})', { count: history.length })),
    ...shown.map((entry) => `  ${style.green('✓')} ${entryText(entry, style)}`),
    ...(more > 0 ? [style.dim(t('  … and {count} older', { count: more }))] : []),
    '',
  ];
}

function entryText({ migration, log, file }: HistoryEntry, style: Style): string {
  const changed = { edited: t('changed since'), missing: t('file missing') };
  const details = [
    log &&
      t('{when}, {time}', {
        when: localTime(log.at),
        time: log.marked ? t('marked as applied') : duration(log.ms, t),
      }),
    log && describeHolder(log.holder, t),
    (file === 'edited' || file === 'missing') && style.yellow(changed[file]),
  ].filter(Boolean);
  const id = sanitizeLine(migration.id);
  return details.length > 0 ? `${id}  ${style.dim(details.join(', '))}` : id;
}
