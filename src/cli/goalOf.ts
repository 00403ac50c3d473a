import type { Direction } from '../core/model';
import type { Goal } from '../core/run/runRequest';
import type { Options } from './options';

/** How far a command goes. */
export function goalOf({ to, steps }: Options, direction: Direction): Goal {
  if (to !== undefined) {
    return { kind: 'to', id: to };
  }
  if (steps !== undefined) {
    return { kind: 'steps', steps };
  }
  return direction === 'up' ? { kind: 'all' } : { kind: 'steps', steps: 1 };
}
