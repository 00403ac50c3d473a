import type { Holder, LockState, Owner, Progress } from '../core/model';

/**
 * The sentinel: for order and for people, advisory, held by the main thread of a process.
 * `database` is always the canonical path (`canonicalPath`).
 */
export interface SentinelLock {
  /**
   * Tries once. A dead holder is taken over on the way (then `tookOver` is its card).
   * @param staleMs milliseconds of silence after which a holder counts as dead that is on another
   *   machine or has no card; a holder on this machine is judged by its process alone
   * @throws only where the file system refuses (read-only folder, …), never because it is held
   */
  tryAcquire(database: string, owner: Owner, staleMs?: number): Promise<Acquired | Held>;
  /** Opens no database; leaves nothing behind. */
  inspect(database: string): Promise<LockState>;
  /** See the operation `breakLock` of the migrator. */
  break(database: string, force: boolean): Promise<LockState>;
}

export interface Acquired {
  readonly held: SentinelHandle;
  readonly tookOver?: { readonly holder?: Holder };
}

export interface Held {
  readonly held?: undefined;
  readonly holder?: Holder;
}

export interface SentinelHandle {
  readonly holder: Holder;
  /**
   * True once the lock was seen to be no longer ours: somebody broke it, or took us for dead. The
   * work is still safe (SQLite's own lock guards it); it just goes on unguarded.
   */
  readonly lost: boolean;
  /** Rewrites the card, at most every 50 ms; the last call wins. */
  progress(progress: Progress): void;
  /** Removes card and sentinel if they are still ours; never anybody else's. Idempotent. */
  release(): Promise<void>;
  /** The same, synchronously, for a process about to kill itself. */
  releaseNow(): void;
}
