import type { Holder, HolderName, Progress } from '../core/model';
import { sanitizeLine, type Translate } from './text';

/**
 * Names a holder of the lock, for use in the middle of a sentence: `VS Code window “shop” (pid 123
 * on host, since 12:03:11)`. A holder's card is a file anybody can write, so nothing in it is
 * believed to have the right type or to be free of control characters.
 *
 * @param holder absent: nobody left a card, so it is not Lockstep or an unreadable card
 */
export function describeHolder(holder: HolderName | undefined, t: Translate): string {
  if (!holder) {
    return t('a program that is not Lockstep');
  }
  const details = where(holder, t);
  return details ? `${holderName(holder, t)} (${details})` : holderName(holder, t);
}

function where({ pid, host, since }: HolderName, t: Translate): string {
  const parts: string[] = [];
  if (Number.isSafeInteger(pid)) {
    const name = typeof host === 'string' ? sanitizeLine(host, 80) : '';
    parts.push(name ? t('pid {pid} on {host}', { pid, host: name }) : t('pid {pid}', { pid }));
  }
  const time = clock(since);
  if (time) {
    parts.push(t('since {time}', { time }));
  }
  return parts.join(', ');
}

/** The local time of day, with the date where it is not today's. */
function clock(iso: unknown): string | undefined {
  const at = new Date(typeof iso === 'string' ? iso : NaN);
  if (Number.isNaN(at.getTime())) {
    return undefined;
  }
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return at.toDateString() === new Date().toDateString()
    ? time
    : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

/** Names a holder as shortly as people can still tell who it is: `VS Code window “shop”`. */
export function holderName(
  { kind, workspace }: Pick<Holder, 'kind' | 'workspace'>,
  t: Translate,
): string {
  const name = typeof workspace === 'string' ? sanitizeLine(workspace, 80) : '';
  switch (kind) {
    case 'window':
      return name ? t('VS Code window “{name}”', { name }) : t('a VS Code window');
    case 'task':
      return name ? t('a VS Code task in “{name}”', { name }) : t('a VS Code task');
    case 'terminal':
      return name ? t('a terminal in “{name}”', { name }) : t('a terminal');
    default:
      return t('another Lockstep');
  }
}

/** How far a holder is: `applying 002_users (2 of 5)`. From a card, so as little believed as that. */
export function describeProgress(progress: Progress | undefined, t: Translate): string | undefined {
  if (!progress || typeof progress.migration !== 'string') {
    return undefined;
  }
  const { step, steps } = progress;
  const args = { migration: sanitizeLine(progress.migration, 120), step, steps };
  if (!Number.isSafeInteger(step) || !Number.isSafeInteger(steps)) {
    return undefined;
  }
  return progress.direction === 'down'
    ? t('rolling back {migration} ({step} of {steps})', args)
    : t('applying {migration} ({step} of {steps})', args);
}
