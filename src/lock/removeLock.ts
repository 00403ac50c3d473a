import type { Holder } from '../core/holder';
import type { LockJudge } from './lockJudge';
import type { LockPaths } from './lockPaths';
import type { LockScene } from './lockScene';
import { seeLock } from './lockScene';
import { claimRemoval } from './removalClaim';
import { removeFileQuietly } from './removeQuietly';
import { removeSentinel } from './removeSentinel';

/** Somebody who wants a lock gone that is not his. */
export interface Remover {
  readonly paths: LockPaths;
  readonly me: Holder;
  readonly judge: LockJudge;
  readonly staleMs: number;
  /** A person says that it is a lock: also a folder without a card that has something in it. */
  readonly isTold?: boolean;
}

/**
 * Removes somebody else's lock, or the card it left, under the exclusive marker named after it.
 * Nothing is awaited between the second look and the removal.
 *
 * @param stillDue asked under the marker with what is there then
 * @returns false when somebody else has the marker, or it is no longer due
 * @throws the file system's error
 */
export function removeLock(
  remover: Remover,
  scene: LockScene,
  stillDue: (now: LockScene) => boolean,
): boolean {
  const { paths, me, judge, staleMs } = remover;
  const key = nameOf(scene);
  const claim = key === undefined ? undefined : claimRemoval(paths, key, me, judge, staleMs);
  if (!claim) {
    return false;
  }
  let gone = false;
  try {
    const now = seeLock(paths, me.machine);
    if (nameOf(now) === key && now.folder?.id === scene.folder?.id && stillDue(now)) {
      removeSeen(remover, now);
      gone = true;
    }
  } finally {
    claim.drop(gone);
  }
  return gone;
}

/** What a lock's marker is named after: the holder's token or, without a card, the folder. */
function nameOf({ folder, card, leftover }: LockScene): string | undefined {
  return folder ? (card?.holder.token ?? folder.id) : leftover?.holder.token;
}

/**
 * The folder first: a card without a folder is free, a folder without a card is not, and until the
 * card is gone no successor can put up his.
 */
export function removeSeen(
  { paths, isTold = false }: Remover,
  { folder, card, leftover }: LockScene,
): void {
  if (folder) {
    removeSentinel(paths.folder, isTold || card !== undefined);
  }
  if (card || (leftover && !folder)) {
    removeFileQuietly(paths.card);
  }
}
