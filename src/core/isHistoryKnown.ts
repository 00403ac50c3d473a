import type { Status } from './status';

/** Without the history, that nothing is said to be applied or pending means nothing. */
export function isHistoryKnown({ look, error }: Pick<Status, 'look' | 'error'>): boolean {
  return !error && ['ok', 'empty', 'missing'].includes(look.state);
}
