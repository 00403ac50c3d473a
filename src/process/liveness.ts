import type { ProcessIdentity } from '../core/holder';
import { processStart } from './processStart';
import { thisMachine } from './thisMachine';

/** `elsewhere`: it cannot be told from here; only its silence can be judged. */
export type Liveness = 'alive' | 'dead' | 'elsewhere';

/**
 * Whether a process lives. A stopped one does; a zombie does not, and neither does one whose pid
 * belongs to a program that started at another time. Where the system does not tell start times,
 * an existing pid proves nothing: `elsewhere`.
 *
 * @param machine where we are; pass it when asking often
 * @param look replaceable where answers are remembered
 */
export function liveness(
  identity: ProcessIdentity,
  machine: string = thisMachine(),
  look: (pid: number) => ReturnType<typeof processStart> = processStart,
): Liveness {
  if (identity.machine !== machine) {
    return 'elsewhere';
  }
  const found = look(identity.pid);
  if (!found.exists) {
    return 'dead';
  }
  if (found.started === undefined || identity.started === undefined) {
    return 'elsewhere';
  }
  return found.started === identity.started ? 'alive' : 'dead';
}
