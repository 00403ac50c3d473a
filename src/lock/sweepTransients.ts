import { lstat, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { LockJudge } from './lockJudge';
import { readCard } from './readCard';
import type { Remover } from './removeLock';

/**
 * Removes drafts, claims and markers that dead processes left beside a database. Only for the
 * holder: what they were about is gone for good then. What cannot be judged stays for the stale
 * time.
 *
 * @param stillHeld asked before each removal
 */
export async function sweepTransients(
  { paths, judge, staleMs }: Remover,
  stillHeld: () => boolean,
): Promise<void> {
  try {
    for (const name of await readdir(paths.directory)) {
      const transient = paths.transient(name);
      const path = join(paths.directory, name);
      if (transient && (await isLeft(path, transient.token, judge, staleMs)) && stillHeld()) {
        await unlink(path);
      }
    }
  } catch {
    // Somebody else swept, or the system refuses: nothing depends on it.
  }
}

async function isLeft(
  path: string,
  token: string | undefined,
  judge: LockJudge,
  keepMs: number,
): Promise<boolean> {
  const card = readCard(path);
  // Killed in the middle of writing: only the name tells who it was.
  const life = card ? judge.liveness(card.holder) : judge.livenessOfWriter(token);
  if (life !== 'elsewhere') {
    return life === 'dead';
  }
  return Date.now() - (await lstat(path)).ctimeMs > keepMs;
}
