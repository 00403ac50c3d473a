import { lstatSync } from 'node:fs';
import type { Holder } from '../core/holder';
import { serializeCard } from './holderCard';
import { linkExclusive } from './linkExclusive';
import type { LockJudge } from './lockJudge';
import type { LockPaths } from './lockPaths';
import { readCard } from './readCard';
import { removeFileQuietly } from './removeQuietly';
import { writeExclusive } from './writeExclusive';

const mostGenerations = 1_000;

/** The right to remove one particular lock. Must be dropped. */
export interface RemovalClaim {
  /** @param gone whether that lock is gone for good, so that its dead claimants can go as well */
  drop(gone: boolean): void;
}

/**
 * Takes the exclusive right to remove the lock called `key`, its holder included. Whoever has it
 * must look again before removing anything.
 *
 * A marker whose owner died is never removed while its lock exists: two processes could do that at
 * once, and the slower one would remove the faster one's new marker. Instead the next generation
 * is claimed, for which again only one succeeds.
 *
 * @returns undefined when somebody else has it
 * @throws the file system's error
 */
export function claimRemoval(
  paths: LockPaths,
  key: string,
  me: Holder,
  judge: LockJudge,
  staleMs: number,
): RemovalClaim | undefined {
  const claim = paths.claim(me.token);
  try {
    writeExclusive(claim, serializeCard({ holder: me }));
    const now = lstatSync(claim).ctimeMs;
    for (let generation = 0; generation < mostGenerations; generation++) {
      const marker = paths.marker(key, generation);
      if (linkExclusive(claim, marker)) {
        return { drop: (gone) => drop(paths, key, generation, gone) };
      }
      if (!judge.isMarkerDead(marker, readCard(marker), staleMs, now)) {
        return undefined;
      }
    }
    return undefined;
  } finally {
    removeFileQuietly(claim);
  }
}

function drop(paths: LockPaths, key: string, generation: number, gone: boolean): void {
  removeFileQuietly(paths.marker(key, generation));
  for (let older = generation - 1; gone && older >= 0; older--) {
    removeFileQuietly(paths.marker(key, older));
  }
}
