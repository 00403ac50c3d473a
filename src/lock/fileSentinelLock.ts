import type { Holder, LockState, Owner, ProcessIdentity } from '../core/model';
import { defaultWaitLimits } from '../core/run/runRequest';
import { processIdentity } from '../system/process';
import { lockPaths, type LockPaths, newLockToken, readCard } from './holderCard';
import { breakLock, removeLock, type Remover, sweepTransients } from './removeLock';
import type { SentinelHold } from './sentinelHold';
import type { Acquired, Held, SentinelLock } from './sentinelLock';
import {
  fileSystemNow,
  StaleLockDetector,
  type LockSnapshot,
  ProcessTable,
  seeLock,
  HeartbeatMonitor,
} from './staleLockDetector';
import { loadProperLockfile, takeLock } from './takeLock';

/** Gives back what is still held when the process ends by itself or by `process.exit`. */
class ExitCleanup {
  private readonly held = new Set<{ releaseNow(): void }>();
  private readonly onExit = (): void => this.held.forEach((hold) => hold.releaseNow());

  add(hold: { releaseNow(): void }): void {
    if (this.held.size === 0) {
      process.on('exit', this.onExit);
    }
    this.held.add(hold);
  }

  delete(hold: { releaseNow(): void }): void {
    this.held.delete(hold);
    if (this.held.size === 0) {
      process.removeListener('exit', this.onExit);
    }
  }
}

interface FileSentinelLockOptions {
  /** See `SentinelLock.tryAcquire`; for calls that do not say. In milliseconds. */
  readonly staleMs?: number;
  /** Milliseconds between two signs of life of a holder; at least 1000. */
  readonly heartbeatMs?: number;
  /** Who we are. */
  readonly identity?: ProcessIdentity;
  /** Called once when a lock of ours turns out to be gone. */
  readonly onLost?: (holder: Holder) => void;
}

const defaultHeartbeatMs = 2_000;

/**
 * The sentinel in the file system: a folder `<db>.lock`, which only one process can create, and the
 * holder's card `<db>.lock.json`. One object serves any number of databases; keep it, since it
 * remembers how long a holder elsewhere has been silent.
 *
 * Its file operations are few, small and synchronous, so that nothing comes between a look and what
 * follows from it. Not for the extension host.
 */
export class FileSentinelLock implements SentinelLock {
  private readonly staleMs: number;
  private readonly cleanup = new ExitCleanup();
  private readonly silenceForRuns = new HeartbeatMonitor();
  private readonly silenceForLooks = new HeartbeatMonitor();
  private readonly processes = new ProcessTable();
  private known?: ProcessIdentity;

  constructor(private readonly options: FileSentinelLockOptions = {}) {
    this.staleMs = options.staleMs ?? defaultWaitLimits.staleMs;
    this.known = options.identity;
  }

  /** Loads what a first `tryAcquire` needs, for a moment with nothing else to do. */
  warm(): void {
    loadProperLockfile();
    this.known ??= processIdentity();
  }

  async tryAcquire(
    database: string,
    owner: Owner,
    staleMs: number = this.staleMs,
  ): Promise<Acquired | Held> {
    const taker = this.remover(database, owner, staleMs);
    const scene = seeLock(taker.paths, taker.me.machine);
    const before = scene.card ?? scene.leftover;
    if (scene.folder) {
      const isDead = (now: LockSnapshot): boolean => this.isDead(taker, now);
      if (!isDead(scene) || !removeLock(taker, scene, isDead)) {
        return { holder: scene.card?.holder };
      }
    } else if (before && !removeLock(taker, scene, () => true)) {
      return { holder: before.holder };
    }
    const held = await this.take(taker, database);
    if (!held) {
      return { holder: readCard(taker.paths.card)?.holder };
    }
    return scene.folder ? { held, tookOver: { holder: scene.card?.holder } } : { held };
  }

  inspect(database: string): Promise<LockState> {
    return Promise.resolve(this.look(database));
  }

  private look(database: string): LockState {
    const paths = lockPaths(database);
    try {
      return this.state(paths, seeLock(paths, this.identity.machine));
    } catch {
      // Not to be seen, or not a lock of ours: a run would go on unguarded, too.
      return { kind: 'free' };
    }
  }

  async break(database: string, force: boolean): Promise<LockState> {
    const remover = {
      ...this.remover(database, { kind: 'window', version: '' }, this.staleMs),
      isTold: true,
    };
    return breakLock(remover, (scene) => this.state(remover.paths, scene), force);
  }

  private get identity(): ProcessIdentity {
    return (this.known ??= processIdentity());
  }

  private remover(database: string, owner: Owner, staleMs: number): Remover {
    const since = new Date().toISOString();
    const token = newLockToken(this.identity);
    const me: Holder = { ...owner, ...this.identity, token, since };
    const judge = new StaleLockDetector(this.identity, this.processes, this.silenceForRuns);
    return { paths: lockPaths(database), me, judge, staleMs };
  }

  private isDead({ paths, me, judge, staleMs }: Remover, scene: LockSnapshot): boolean {
    return judge.isLockDead(paths, scene, staleMs, () => fileSystemNow(paths, me.token));
  }

  /** A look creates no file, so it has to trust this machine's clock where a run does not. */
  private state(paths: LockPaths, scene: LockSnapshot): LockState {
    if (!scene.folder) {
      return { kind: 'free' };
    }
    const judge = new StaleLockDetector(this.identity, this.processes, this.silenceForLooks);
    const holder = scene.card?.holder;
    return judge.isLockDead(paths, scene, this.staleMs, Date.now)
      ? { kind: 'stale', holder }
      : { kind: 'held', holder, mine: holder !== undefined && isSame(holder, this.identity) };
  }

  private async take(taker: Remover, database: string): Promise<SentinelHold | undefined> {
    const hold = await takeLock(taker, {
      database,
      heartbeatMs: this.options.heartbeatMs ?? defaultHeartbeatMs,
      onEnd: (ended) => this.cleanup.delete(ended),
      onLost: this.options.onLost,
    });
    if (hold) {
      this.cleanup.add(hold);
      hold.sweep(sweepTransients(taker, () => hold.isHeld));
    }
    return hold;
  }
}

function isSame(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.started === b.started && a.machine === b.machine;
}
