import { setTimeout as sleep } from 'node:timers/promises';
import { LockstepError } from '../core/errors';
import type { LockState } from '../core/holder';
import { backoff } from '../core/run/backoff';
import { seeLock } from './lockScene';
import type { LockScene } from './lockScene';
import type { Remover } from './removeLock';
import { removeLock, removeSeen } from './removeLock';

const tries = 30;

/**
 * Removes the sentinel because a person said so.
 *
 * @returns what was removed
 * @throws LockstepError `lock.live` for a live holder on this machine, unless `force`; the file
 *   system's error, `ENOTDIR` where something else than a sentinel is in its place
 */
export async function breakLock(
  remover: Remover,
  stateOf: (scene: LockScene) => LockState,
  force: boolean,
): Promise<LockState> {
  const delays = backoff();
  for (let tried = 1; ; tried++) {
    const scene = seeLock(remover.paths, remover.me.machine);
    const state = stateOf(scene);
    if (state.kind === 'free' && !scene.leftover) {
      return state;
    }
    if (state.kind === 'held' && state.holder?.machine === remover.me.machine && !force) {
      throw new LockstepError('lock.live', { pid: state.holder.pid });
    }
    if (removeLock(remover, scene, () => true)) {
      return state;
    }
    if (tried === tries) {
      // Somebody has the right to remove it and does not: he must have been stopped.
      removeSeen(remover.paths, scene);
      return state;
    }
    await sleep(delays.next().value);
  }
}
