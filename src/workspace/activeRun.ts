import type { RunEvent } from '../core/run/runEvents';
import type { ActiveRun } from './projectState';

/** @param now milliseconds since the epoch */
export function startedRun(direction: ActiveRun['direction'], now: number): ActiveRun {
  return { direction, startedAt: now };
}

/** What is known about a run after one more of its events. */
export function withEvent(run: ActiveRun, event: RunEvent, now: number): ActiveRun {
  switch (event.type) {
    case 'waiting':
      return { ...run, waiting: { ...event, since: run.waiting?.since ?? now - event.waitedMs } };
    case 'locked':
    case 'tookOver':
    case 'unguarded':
      return { ...run, waiting: undefined };
    case 'planned':
      return { ...run, waiting: undefined, steps: event.steps.length };
    case 'stepStarted': {
      const { step, steps, migration } = event;
      return { ...run, waiting: undefined, step, steps, migration };
    }
    case 'stepDone': {
      const { step, steps, done } = event;
      return { ...run, waiting: undefined, step, steps, migration: done.migration };
    }
    default:
      return run;
  }
}
