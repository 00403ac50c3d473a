import type { Progress } from '../core/model';
import { oneLine } from './oneLine';
import type { Translate } from './translate';

/** How far a holder is: `applying 002_users (2 of 5)`. From a card, so as little believed as that. */
export function describeProgress(progress: Progress | undefined, t: Translate): string | undefined {
  if (!progress || typeof progress.migration !== 'string') {
    return undefined;
  }
  const { step, steps } = progress;
  const args = { migration: oneLine(progress.migration, 120), step, steps };
  if (!Number.isSafeInteger(step) || !Number.isSafeInteger(steps)) {
    return undefined;
  }
  return progress.direction === 'down'
    ? t('rolling back {migration} ({step} of {steps})', args)
    : t('applying {migration} ({step} of {steps})', args);
}
