import type { RunEvent } from '../../src/core/run/runEvents';

/** Gets a run's events one by one. */
export function each(see: (event: RunEvent) => void): (events: readonly RunEvent[]) => void {
  return (events) => events.forEach((event) => see(event));
}
