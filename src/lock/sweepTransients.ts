import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LockJudge } from './lockJudge';
import { readCard } from './readCard';
import type { Remover } from './removeLock';
import { removeFileQuietly } from './removeQuietly';

/**
 * Removes drafts, claims and markers that dead processes left beside a database, once what follows
 * the taking of the lock is under way. Only for the holder: what they were about is gone for good
 * then. What cannot be judged stays for the stale time, what cannot be removed for good.
 *
 * @param stillHeld asked before anything is removed
 */
export async function sweepTransients(
  { paths, judge, staleMs }: Remover,
  stillHeld: () => boolean,
): Promise<void> {
  try {
    await new Promise(setImmediate);
    for (const name of stillHeld() ? readdirSync(paths.directory) : []) {
      const transient = paths.transient(name);
      const path = join(paths.directory, name);
      if (transient && isLeft(path, transient.token, judge, staleMs)) {
        removeFileQuietly(path);
      }
    }
  } catch {
    // Somebody else swept, or the system refuses: nothing depends on it.
  }
}

function isLeft(
  path: string,
  token: string | undefined,
  judge: LockJudge,
  keepMs: number,
): boolean {
  const card = readCard(path);
  // Killed in the middle of writing: only the name tells who it was.
  const life = card ? judge.liveness(card.holder) : judge.livenessOfWriter(token);
  if (life !== 'elsewhere') {
    return life === 'dead';
  }
  const seen = lstatSync(path, { throwIfNoEntry: false });
  return seen !== undefined && Date.now() - seen.ctimeMs > keepMs;
}
