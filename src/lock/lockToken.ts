import type { ProcessIdentity } from '../core/holder';
import { randomHex } from '../process/randomHex';

/**
 * A name for one taking of the lock: 32 hexadecimal digits. Used in file names, so it is checked
 * when read from a card. The first half tells machine and process, so that a file can be swept
 * whose writer died before he wrote a word.
 */
export function newLockToken({ machine, pid }: ProcessIdentity): string {
  return markOf(machine, pid) + randomHex(16);
}

/** Whether a text read from a card is a token of ours. */
export function isLockToken(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-f]{32}$/.test(text);
}

/** @returns the pid in a token, undefined when it is of another machine */
export function pidInToken(token: string, machine: string): number | undefined {
  const pid = parseInt(token.slice(8, 16), 16);
  return token.startsWith(markOf(machine, pid)) ? pid : undefined;
}

function markOf(machine: string, pid: number): string {
  return hex(hash(machine)) + hex(pid);
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

/** FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/). */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) {
    value = Math.imul(value ^ byte, 0x01000193);
  }
  return value >>> 0;
}
