import type * as ProperLockfile from 'proper-lockfile';
import { removeFileQuietly, writeExclusive } from '../system/exclusiveFile';
import { readCard, serializeCard } from './holderCard';
import { OwnedFolder } from './lockFolder';
import { claimRemoval, type LockContext } from './removeLock';
import { CardWriter, type HoldParts, SentinelHold } from './sentinelHold';

/** For ever: who is dead is decided in `StaleLockDetector`. */
const neverStale = Number.MAX_SAFE_INTEGER;

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
  context: LockContext,
  { database, heartbeatMs, onEnd, onLost }: TakeOptions,
): Promise<SentinelHold | undefined> {
  const { paths, me, detector, staleMs } = context;
  const library = loadProperLockfile();
  const card = new CardWriter(paths, me.token);
  const folder: OwnedFolder = new OwnedFolder(
    paths.folder,
    (id) => {
      if (!card.publish(id, me, (token) => removeLeftover(context, token))) {
        throw Object.assign(new Error('another card is in the place'), { code: 'EEXIST' });
      }
    },
    () => hold.onHeartbeat(),
  );
  let stopHeartbeat = (): void => undefined;
  const hold = new SentinelHold(me, {
    folder,
    card,
    claim: () => claimRemoval(paths, me.token, me, detector, staleMs),
    stopHeartbeat: () => stopHeartbeat(),
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
      stale: neverStale,
      update: heartbeatMs,
      fs: folder.fs,
      onCompromised: () => hold.lose(),
    });
    stopHeartbeat = () => void unlock().catch(() => undefined);
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
function removeLeftover({ paths, me, detector, staleMs }: LockContext, token: string): boolean {
  const claim = claimRemoval(paths, token, me, detector, staleMs);
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

const patched = ['on', 'emit', 'reallyExit', 'cwd', 'chdir'] as const;

/**
 * Of `proper-lockfile` two things are used: its protocol for taking a folder, so that any other program
 * that locks the database with it is kept out and keeps us out, and its heartbeat, which notices when the
 * folder is no longer as it was left. Judging who is dead, the card, and removing are ours: the library
 * would steal by a clock alone. It is given file operations of ours (`OwnedFolder.fs`) and never steals.
 *
 * Loads it and takes back what loading it does to the process: a patched
 * `process.emit` and `process.reallyExit`. The listeners it wants for every signal that can end a
 * process are not even added: Node ignores SIGXFSZ until somebody has listened to it, and from then
 * on a file that reaches its size limit ends the process instead of failing a write. Who ends this
 * process, and what is removed then, is for its main file to decide. It is loaded when first needed:
 * it takes some 10 ms.
 */
export function loadProperLockfile(): typeof ProperLockfile {
  const restore = rememberProcess();
  const { on } = process;
  process.on = function (name: string, listener: () => void) {
    return name.startsWith('SIG') ? process : on.call(process, name, listener);
  } as typeof on;
  try {
    // Synchronous, so that nobody else's listeners come between.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require('proper-lockfile') as typeof ProperLockfile;
  } finally {
    restore();
  }
}

function rememberProcess(): () => void {
  const before = new Map(process.eventNames().map((name) => [name, process.rawListeners(name)]));
  const own = patched.map(
    (name) => [name, Object.getOwnPropertyDescriptor(process, name)] as const,
  );
  return () => {
    for (const [name, property] of own) {
      if (property) {
        Object.defineProperty(process, name, property);
      } else {
        Reflect.deleteProperty(process, name);
      }
    }
    for (const name of process.eventNames()) {
      const kept = new Set(before.get(name));
      for (const listener of process.rawListeners(name)) {
        if (!kept.has(listener)) {
          process.removeListener(name, listener as () => void);
        }
      }
    }
  };
}
