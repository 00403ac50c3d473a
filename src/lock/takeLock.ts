import { CardWriter } from './cardWriter';
import { serializeCard } from './holderCard';
import { OwnedFolder } from './ownedFolder';
import { loadProperLockfile } from './properLockfile';
import { readCard } from './readCard';
import { claimRemoval } from './removalClaim';
import type { Remover } from './removeLock';
import { removeFileQuietly } from './removeQuietly';
import { SentinelHold } from './sentinelHold';
import type { HoldParts } from './sentinelHold';
import { writeExclusive } from './writeExclusive';

/** `proper-lockfile` is told never to steal: who is dead is decided in `LockJudge`. */
const never = Number.MAX_SAFE_INTEGER;

interface TakeOptions extends Pick<HoldParts, 'onEnd' | 'onLost'> {
  readonly database: string;
  readonly heartbeatMs: number;
}

/**
 * Takes a lock that looked free a moment ago.
 *
 * @returns undefined when somebody else was faster
 * @throws the file system's error
 */
export async function takeLock(
  taker: Remover,
  { database, heartbeatMs, onEnd, onLost }: TakeOptions,
): Promise<SentinelHold | undefined> {
  const { paths, me, judge, staleMs } = taker;
  const library = loadProperLockfile();
  const card = new CardWriter(paths, me.token);
  const folder: OwnedFolder = new OwnedFolder(
    paths.folder,
    (id) => {
      if (!card.publish(id, me, (token) => removeLeftover(taker, token))) {
        throw Object.assign(new Error('another card is in the place'), { code: 'EEXIST' });
      }
    },
    () => hold.beaten(),
  );
  let stopBeating = (): void => undefined;
  const hold = new SentinelHold(me, {
    folder,
    card,
    claim: () => claimRemoval(paths, me.token, me, judge, staleMs),
    stopBeating: () => stopBeating(),
    onEnd,
    onLost,
  });
  const draft = paths.draft(me.token);
  try {
    writeExclusive(draft, serializeCard({ holder: me }));
    const unlock = await library.lock(database, {
      lockfilePath: paths.folder,
      realpath: false,
      retries: 0,
      stale: never,
      update: heartbeatMs,
      fs: folder.fs,
      onCompromised: () => hold.lose(),
    });
    stopBeating = () => void unlock().catch(() => undefined);
    return hold;
  } catch (error) {
    if (folder.isMine()) {
      hold.releaseNow();
    }
    if ((error as NodeJS.ErrnoException).code === 'ELOCKED') {
      return undefined;
    }
    throw error;
  } finally {
    removeFileQuietly(draft);
  }
}

/** The card of a folder that is gone stands in our new folder's way. */
function removeLeftover({ paths, me, judge, staleMs }: Remover, token: string): boolean {
  const claim = claimRemoval(paths, token, me, judge, staleMs);
  if (!claim) {
    return false;
  }
  const there = readCard(paths.card)?.holder.token === token;
  if (there) {
    removeFileQuietly(paths.card);
  }
  claim.drop(there);
  return true;
}
