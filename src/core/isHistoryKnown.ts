import type { DatabaseLook } from './status';

/** Without the history, that nothing is said to be applied or pending means nothing. */
export function isHistoryKnown({ state }: DatabaseLook): boolean {
  return state === 'ok' || state === 'empty' || state === 'missing';
}
