import type { RunEvent } from '../core/run/runEvents';
import { backupName } from './describeBackup';
import { describeError } from './describeError';
import { describeFinding } from './describeFinding';
import { describeHolder } from './describeHolder';
import { describeProgress } from './describeProgress';
import { describeRehearsed } from './describeRehearsed';
import { duration } from './duration';
import { fileSize } from './fileSize';
import { oneLine } from './oneLine';
import type { LogLine } from './sentence';
import type { Translate } from './translate';

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
          { reason: oneLine(event.message) },
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
      const args = { migration: oneLine(event.migration.id), step, steps };
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
          migration: oneLine(event.migration.id),
        }),
      };
    case 'stepDone': {
      const { migration, direction, ms } = event.done;
      const args = { migration: oneLine(migration.id), time: duration(ms, t) };
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
      const migration = oneLine(event.migration.id);
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
  const names = { names: listed(event.steps.map(({ id }) => id)), count };
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

/** Names in a row; of very many, the first few. */
function listed(ids: readonly string[]): string {
  const shown = ids.slice(0, 10).map((id) => oneLine(id));
  return ids.length > shown.length ? `${shown.join(', ')}, …` : shown.join(', ');
}
