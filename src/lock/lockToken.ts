import { randomUUID } from 'node:crypto';

/** A name for one taking of the lock. Used in file names, so it is checked when read from a card. */
export function newLockToken(): string {
  return randomUUID().replaceAll('-', '');
}

/** Whether a text read from a card is a token of ours. */
export function isLockToken(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-f]{32}$/.test(text);
}
