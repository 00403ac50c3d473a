import type { Backup, Direction } from '../core/model';
import type { RunEvent, RunResult } from '../core/run/runEvents';
import type { RestoreResult } from '../core/run/runRequest';
import { describeError } from './describeError';
import { describeFinding } from './drift';
import { describeHolder, describeProgress } from './holder';
import { describeRehearsed } from './rehearsal';
import {
  duration,
  fileSize,
  listNames,
  type LogLine,
  sanitizeLine,
  type Sentence,
  type Translate,
} from './text';

/**
 * How a run ended and what stayed, in words.
 *
 * @param asked the direction of the request; a result in which nothing happened does not have it
 */
export function describeResult(result: RunResult, t: Translate, asked: Direction = 'up'): LogLine {
  const direction = result.applied[0]?.direction ?? asked;
  switch (result.outcome) {
    case 'done':
      return { level: 'info', message: done(result, t, direction) };
    case 'cancelled':
      return { level: 'warning', ...cancelled(result, t, direction) };
    case 'failed':
    case 'refused':
    case 'unconfirmed':
    case 'timeout':
    case 'invalid':
      return { level: 'error', ...failed(result, t, direction) };
  }
}

function done(result: RunResult, t: Translate, direction: Direction): string {
  const { applied, alreadyApplied } = result;
  const others = alreadyApplied.length;
  const time = duration(result.ms, t);
  if (applied.length > 0) {
    const mine = t('{done} in {time}.', { done: countDone(applied.length, t, direction), time });
    return others > 0 ? `${mine} ${byOthers(result, t, direction)}` : mine;
  }
  if (others > 0) {
    return byOthers(result, t, direction);
  }
  return direction === 'up'
    ? t('Nothing to apply: the database is up to date.')
    : t('Nothing to roll back.');
}

function countDone(count: number, t: Translate, direction: Direction): string {
  if (direction === 'up') {
    return count === 1 ? t('Applied 1 migration') : t('Applied {count} migrations', { count });
  }
  return count === 1
    ? t('Rolled back 1 migration')
    : t('Rolled back {count} migrations', { count });
}

function byOthers(result: RunResult, t: Translate, direction: Direction): string {
  const count = result.alreadyApplied.length;
  const holder = result.holder ? describeHolder(result.holder, t) : t('another process');
  const args = { count, holder };
  const all = result.applied.length === 0;
  if (direction === 'up') {
    return all
      ? t('All migrations already applied by {holder}.', args)
      : count === 1
        ? t('1 was already applied by {holder}.', args)
        : t('{count} were already applied by {holder}.', args);
  }
  return all
    ? t('All migrations already rolled back by {holder}.', args)
    : count === 1
      ? t('1 was already rolled back by {holder}.', args)
      : t('{count} were already rolled back by {holder}.', args);
}

function cancelled(result: RunResult, t: Translate, direction: Direction): Sentence {
  const halfway = result.error?.code === 'run.interrupted';
  const parts = [t('Cancelled.')];
  if (result.applied.length > 0 || !halfway) {
    parts.push(kept(result, t, direction));
  }
  if (result.interrupted) {
    const migration = sanitizeLine(result.interrupted.id);
    parts.push(
      halfway
        ? t('{migration} was interrupted outside a transaction: look at what it left.', {
            migration,
          })
        : t('{migration} was undone.', { migration }),
    );
  }
  parts.push(left(result, t, direction));
  return {
    message: parts.filter(Boolean).join(' '),
    advice: halfway && result.error ? describeError(result.error, t).advice : undefined,
  };
}

function failed(result: RunResult, t: Translate, direction: Direction): Sentence {
  const error = result.outcome === 'unconfirmed' ? unconfirmed(t) : describeFailure(result, t);
  const stays = result.rehearsed
    ? foundOnCopy(result, t, direction)
    : result.applied.length > 0
      ? kept(result, t, direction)
      : '';
  const detail = [stays, halfway(result, t), error.detail].filter(Boolean).join(' ') || undefined;
  return result.interrupted ? { ...error, ...interruptedAdvice(t), detail } : { ...error, detail };
}

function unconfirmed(t: Translate): Sentence {
  return {
    message: t('It would delete more than was agreed to; nothing was changed.'),
    advice: t('Run it again to be asked about what is deleted now.'),
  };
}

function describeFailure({ outcome, error, holder }: RunResult, t: Translate): Sentence {
  return describeError(error ?? { code: 'internal', params: { message: outcome } }, t, holder);
}

/** A step outside a transaction that failed leaves what came before, and a decision to be made. */
function halfway({ interrupted, error }: RunResult, t: Translate): string {
  if (!interrupted) {
    return '';
  }
  const migration = sanitizeLine(interrupted.id);
  return error?.code === 'database.replaced'
    ? t('{migration} ran outside a transaction: what it wrote may have gone to the old file.', {
        migration,
      })
    : t('{migration} ran outside a transaction: what came before the failure stays.', {
        migration,
      });
}

function interruptedAdvice(t: Translate): Pick<Sentence, 'advice'> {
  const { advice } = describeError({ code: 'run.interrupted', params: {} }, t);
  return { advice };
}

function foundOnCopy({ applies }: RunResult, t: Translate, direction: Direction): string {
  const nothing = t('This was found on a copy; nothing was changed.');
  return applies !== undefined && direction === 'up'
    ? `${nothing} ${t('Up to {migration} it works (--to {migration}).', { migration: sanitizeLine(applies) })}`
    : nothing;
}

function kept({ applied }: RunResult, t: Translate, direction: Direction): string {
  if (applied.length === 0) {
    return t('Nothing was changed.');
  }
  return t('{done}; that stays.', { done: countDone(applied.length, t, direction) });
}

function left({ remaining }: RunResult, t: Translate, direction: Direction): string {
  const count = remaining.length;
  if (count === 0) {
    return '';
  }
  if (direction === 'up') {
    return count === 1 ? t('1 is still pending.') : t('{count} are still pending.', { count });
  }
  return count === 1 ? t('1 is still applied.') : t('{count} are still applied.', { count });
}

/** A line for the log that a person can follow. */
export function describeEvent(event: RunEvent, t: Translate): LogLine {
  switch (event.type) {
    case 'waiting':
      return { level: event.level, message: waiting(event, t) };
    case 'tookOver':
      return {
        level: 'info',
        message: event.holder
          ? t('Took over from {holder}, which is gone.', {
              holder: describeHolder(event.holder, t),
            })
          : t('Took over a lock whose holder is gone.'),
      };
    case 'locked':
      return {
        level: 'debug',
        message: t('Got the lock after {time}.', { time: duration(event.waitedMs, t) }),
      };
    case 'unguarded':
      return {
        level: 'warning',
        message: t(
          'The lock file cannot be used ({reason}); SQLite’s own lock still lets only one migrate, but others cannot see who.',
          { reason: sanitizeLine(event.message) },
        ),
      };
    case 'planned':
      return { level: 'info', message: planned(event, t) };
    case 'finding':
      return describeFinding(event.finding, t);
    case 'backedUp':
      return {
        level: 'info',
        message: t('Backup: {name} ({size}, {time})', {
          name: backupName(event.file),
          size: fileSize(event.bytes, t),
          time: duration(event.ms, t),
        }),
      };
    case 'backupSkipped':
      return backupSkipped(event, t);
    case 'stepStarted': {
      const { step, steps } = event;
      const args = { migration: sanitizeLine(event.migration.id), step, steps };
      return {
        level: 'info',
        message:
          event.direction === 'up'
            ? t('Applying {migration} ({step} of {steps})', args)
            : t('Rolling back {migration} ({step} of {steps})', args),
      };
    }
    case 'replaying':
      return {
        level: 'info',
        message: t('Trying them one by one: {migration} failed in a group that was undone.', {
          migration: sanitizeLine(event.migration.id),
        }),
      };
    case 'stepDone': {
      const { migration, direction, ms } = event.done;
      const args = { migration: sanitizeLine(migration.id), time: duration(ms, t) };
      return {
        level: 'info',
        message:
          direction === 'up'
            ? t('Applied {migration} in {time}', args)
            : t('Rolled back {migration} in {time}', args),
      };
    }
    case 'rehearsed':
      return describeRehearsed(event.rehearsal, t);
    case 'stepFailed':
      return { level: 'error', ...describeError(event.error, t) };
    case 'alreadyDone': {
      const migration = sanitizeLine(event.migration.id);
      return {
        level: 'info',
        message: event.holder
          ? t('{migration} was already done by {holder}', {
              migration,
              holder: describeHolder(event.holder, t),
            })
          : t('{migration} was already done by another process', { migration }),
      };
    }
  }
}

function backupSkipped(
  { reason, bytes, limit }: Extract<RunEvent, { type: 'backupSkipped' }>,
  t: Translate,
): LogLine {
  if (reason === 'empty') {
    return { level: 'debug', message: t('No backup: the database is new or empty.') };
  }
  const sizes = { size: fileSize(bytes, t), limit: fileSize(limit, t) };
  return {
    level: 'warning',
    message: t('No backup: the database has {size}, more than the limit of {limit}.', sizes),
    advice: t('The setting lockstep.backup.maxMegabytes (--backup-max MB) moves the limit.'),
  };
}

function waiting(event: Extract<RunEvent, { type: 'waiting' }>, t: Translate): string {
  const progress = describeProgress(event.holder?.progress, t);
  const holder = event.holder
    ? describeHolder(event.holder, t)
    : event.on === 'sentinel'
      ? t('a lock that does not say whose it is')
      : describeHolder(undefined, t);
  return t('Waiting for {holder} (attempt {attempt}, next try in {delay}, waited {waited})', {
    holder: progress ? `${holder}, ${progress}` : holder,
    attempt: event.attempt,
    delay: duration(event.delayMs, t),
    waited: duration(event.waitedMs, t),
  });
}

function planned(event: Extract<RunEvent, { type: 'planned' }>, t: Translate): string {
  const count = event.steps.length;
  const names = {
    names: listNames(
      event.steps.map(({ id }) => id),
      10,
    ),
    count,
  };
  if (event.direction === 'up') {
    return count === 0
      ? t('Nothing to apply.')
      : count === 1
        ? t('1 migration to apply: {names}', names)
        : t('{count} migrations to apply: {names}', names);
  }
  return count === 0
    ? t('Nothing to roll back.')
    : count === 1
      ? t('1 migration to roll back: {names}', names)
      : t('{count} migrations to roll back: {names}', names);
}

/** How a restore ended, in words. */
export function describeRestore(result: RestoreResult, t: Translate): LogLine {
  const { restored, undone, error } = result;
  if (result.outcome === 'cancelled') {
    return { level: 'warning', message: t('Cancelled. Nothing was restored.') };
  }
  if (result.outcome !== 'done' || !restored) {
    const info = error ?? { code: 'internal', params: { message: result.outcome } };
    return { level: 'error', ...describeError(info, t, result.holder) };
  }
  const message = t('Restored {name} ({reason}) in {time}.', {
    name: backupName(restored.file),
    reason: describeBackupReason(restored, t),
    time: duration(result.ms, t),
  });
  const decided =
    undone &&
    t('{migration} no longer counts as interrupted.', { migration: sanitizeLine(undone.id) });
  const kept =
    result.backup &&
    t('What was there before is kept as {name}.', { name: backupName(result.backup) });
  return { level: 'info', message: [message, decided].filter(Boolean).join(' '), detail: kept };
}

/** What a backup was made before; follows its date: `before 003_users`. */
export function describeBackupReason({ reason }: Pick<Backup, 'reason'>, t: Translate): string {
  switch (reason.kind) {
    case 'up':
      return t('before {migration}', { migration: sanitizeLine(reason.migration) });
    case 'down':
      return t('before {migration} was rolled back', { migration: sanitizeLine(reason.migration) });
    case 'restore':
      return t('before another backup was restored');
  }
}

/** A backup's name from its path, for use in a sentence. */
export function backupName(file: string): string {
  return sanitizeLine(file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1));
}
