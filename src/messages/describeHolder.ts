import type { HolderName } from '../core/model';
import { holderName } from './holderName';
import { oneLine } from './oneLine';
import type { Translate } from './translate';

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
    const name = typeof host === 'string' ? oneLine(host, 80) : '';
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
