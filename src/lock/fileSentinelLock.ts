import type { Holder, LockState, Owner, ProcessIdentity } from '../core/model';
import { defaultWaitLimits } from '../core/run/runRequest';
import { processIdentity } from '../system/process';
import { lockPaths, type LockPaths, newLockToken, readCard } from './holderCard';
import { breakLock, removeLock, type LockContext, sweepTransients } from './removeLock';
import type { SentinelHold } from './sentinelHold';
import type { Acquired, Held, SentinelLock } from './sentinelLock';
import {
  fileSystemNow,
  StaleLockDetector,
  type LockSnapshot,
  ProcessTable,
  readLock,
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
  /** Milliseconds between two heartbeats of a holder; at least 1000. */
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
  private readonly heartbeatsForRuns = new HeartbeatMonitor();
  private readonly heartbeatsForReads = new HeartbeatMonitor();
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
    const context = this.context(database, owner, staleMs);
    const snapshot = readLock(context.paths, context.me.machine);
    const before = snapshot.card ?? snapshot.leftover;
    if (snapshot.folder) {
      const isDead = (now: LockSnapshot): boolean => this.isDead(context, now);
      if (!isDead(snapshot) || !removeLock(context, snapshot, isDead)) {
        return { holder: snapshot.card?.holder };
      }
    } else if (before && !removeLock(context, snapshot, () => true)) {
      return { holder: before.holder };
    }
    const held = await this.take(context, database);
    if (!held) {
      return { holder: readCard(context.paths.card)?.holder };
    }
    return snapshot.folder ? { held, tookOver: { holder: snapshot.card?.holder } } : { held };
  }

  inspect(database: string): Promise<LockState> {
    return Promise.resolve(this.look(database));
  }

  private look(database: string): LockState {
    const paths = lockPaths(database);
    try {
      return this.state(paths, readLock(paths, this.identity.machine));
    } catch {
      // Not to be seen, or not a lock of ours: a run would go on unguarded, too.
      return { kind: 'free' };
    }
  }

  async break(database: string, force: boolean): Promise<LockState> {
    const context = {
      ...this.context(database, { kind: 'window', version: '' }, this.staleMs),
      isRequested: true,
    };
    return breakLock(context, (snapshot) => this.state(context.paths, snapshot), force);
  }

  private get identity(): ProcessIdentity {
    return (this.known ??= processIdentity());
  }

  private context(database: string, owner: Owner, staleMs: number): LockContext {
    const since = new Date().toISOString();
    const token = newLockToken(this.identity);
    const me: Holder = { ...owner, ...this.identity, token, since };
    const detector = new StaleLockDetector(this.identity, this.processes, this.heartbeatsForRuns);
    return { paths: lockPaths(database), me, detector, staleMs };
  }

  private isDead({ paths, me, detector, staleMs }: LockContext, snapshot: LockSnapshot): boolean {
    return detector.isLockDead(paths, snapshot, staleMs, () => fileSystemNow(paths, me.token));
  }

  /** A look creates no file, so it has to trust this machine's clock where a run does not. */
  private state(paths: LockPaths, snapshot: LockSnapshot): LockState {
    if (!snapshot.folder) {
      return { kind: 'free' };
    }
    const detector = new StaleLockDetector(this.identity, this.processes, this.heartbeatsForReads);
    const holder = snapshot.card?.holder;
    return detector.isLockDead(paths, snapshot, this.staleMs, Date.now)
      ? { kind: 'stale', holder }
      : { kind: 'held', holder, mine: holder !== undefined && isSame(holder, this.identity) };
  }

  private async take(context: LockContext, database: string): Promise<SentinelHold | undefined> {
    const hold = await takeLock(context, {
      database,
      heartbeatMs: this.options.heartbeatMs ?? defaultHeartbeatMs,
      onEnd: (ended) => this.cleanup.delete(ended),
      onLost: this.options.onLost,
    });
    if (hold) {
      this.cleanup.add(hold);
      hold.sweep(sweepTransients(context, () => hold.isHeld));
    }
    return hold;
  }
}

function isSame(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.started === b.started && a.machine === b.machine;
}
