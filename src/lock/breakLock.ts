import { setTimeout as sleep } from 'node:timers/promises';
import { LockstepError } from '../core/errors';
import type { Holder, LockState } from '../core/holder';
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
 * @throws LockstepError `lock.live` unless `force`, while the holder lives or, where that cannot be
 *   looked up, has not been silent for the stale time; `lock.stuck` where the system refuses, or
 *   something else than a folder is in its place
 */
export async function breakLock(
  remover: Remover,
  stateOf: (scene: LockScene) => LockState,
  force: boolean,
): Promise<LockState> {
  try {
    return await breakIt(remover, stateOf, force);
  } catch (error) {
    if (error instanceof LockstepError) {
      throw error;
    }
    const { message } = error as Error;
    throw new LockstepError('lock.stuck', { path: remover.paths.folder, message });
  }
}

async function breakIt(
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
    if (state.kind === 'held' && !force) {
      throw refusal(state.holder, remover.me.machine);
    }
    if (removeLock(remover, scene, () => true)) {
      return state;
    }
    if (tried === tries) {
      // Somebody has the right to remove it and does not: he must have been stopped.
      removeSeen(remover, scene);
      return state;
    }
    await sleep(delays.next().value);
  }
}

function refusal(holder: Holder | undefined, machine: string): LockstepError {
  const { pid, host } = holder ?? {};
  return new LockstepError('lock.live', {
    ...(pid === undefined ? {} : { pid }),
    ...(host === undefined || holder?.machine === machine ? {} : { host }),
  });
}
