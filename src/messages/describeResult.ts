import type { RunResult } from '../core/run/runEvents';
import type { Direction } from '../core/model';
import { describeError } from './describeError';
import { describeHolder } from './describeHolder';
import { duration } from './duration';
import { oneLine } from './oneLine';
import type { LogLine, Sentence } from './sentence';
import type { Translate } from './translate';

/**
 * How a run ended and what stayed, in words.
 *
 * @param direction what was asked for; a result in which nothing happened does not tell it
 */
export function describeResult(
  result: RunResult,
  t: Translate,
  direction: Direction = 'up',
): LogLine {
  const way = result.applied[0]?.direction ?? direction;
  switch (result.outcome) {
    case 'done':
      return { level: 'info', message: done(result, t, way) };
    case 'cancelled':
      return { level: 'warning', ...cancelled(result, t, way) };
    case 'failed':
    case 'refused':
    case 'timeout':
    case 'invalid':
      return { level: 'error', ...failed(result, t, way) };
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
    const migration = oneLine(result.interrupted.id);
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
  const error = describeError(
    result.error ?? { code: 'internal', params: { message: result.outcome } },
    t,
    result.holder,
  );
  const stays = result.rehearsed
    ? foundOnCopy(result, t, direction)
    : result.applied.length > 0
      ? kept(result, t, direction)
      : '';
  const detail = [stays, halfway(result, t), error.detail].filter(Boolean).join(' ') || undefined;
  return result.interrupted ? { ...error, ...interruptedAdvice(t), detail } : { ...error, detail };
}

/** A step outside a transaction that failed leaves what came before, and a decision to be made. */
function halfway({ interrupted, error }: RunResult, t: Translate): string {
  if (!interrupted) {
    return '';
  }
  const migration = oneLine(interrupted.id);
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
    ? `${nothing} ${t('Up to {migration} it works (--to {migration}).', { migration: oneLine(applies) })}`
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
