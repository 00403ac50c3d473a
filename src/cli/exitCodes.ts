import type { Outcome } from '../core/run/runEvents';

/** What a shell learns about how a command ended. Part of the interface. */
export const exitCodes: Readonly<Record<Outcome, number>> = {
  done: 0,
  failed: 1,
  invalid: 2,
  timeout: 3,
  refused: 4,
  cancelled: 130,
};
