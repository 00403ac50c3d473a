import type { HolderCard } from './holderCard';
import type { LockPaths } from './lockPaths';
import { readCard } from './readCard';
import type { SeenFolder } from './seenFolder';
import { seeFolder } from './seenFolder';

/** Folder and card, seen together. */
export interface LockScene {
  /** Absent: the lock is free. */
  readonly folder?: SeenFolder;
  /** The card of the folder's holder. */
  readonly card?: HolderCard;
  /** A card whose folder is gone: left by somebody who died while releasing, or about to go. */
  readonly leftover?: HolderCard;
}

/**
 * @param machine where we are. A card from elsewhere is believed to belong to the folder: some
 *   network file systems number folders differently for each of their clients.
 * @throws see {@link seeFolder}
 */
export function seeLock(paths: LockPaths, machine: string): LockScene {
  for (let tries = 1; ; tries++) {
    const folder = seeFolder(paths.folder);
    const card = readCard(paths.card);
    if (!folder) {
      return { leftover: card };
    }
    if (card && (card.folder === folder.id || card.holder.machine !== machine)) {
      return { folder, card };
    }
    // No card for this folder: true only if it is still the same folder, not one just released.
    if (tries === 3 || seeFolder(paths.folder)?.id === folder.id) {
      return { folder, leftover: card };
    }
  }
}
