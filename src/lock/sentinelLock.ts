import type { Holder, LockState, Owner, Progress } from '../core/holder';

/**
 * The sentinel: for order and for people, advisory, held by the main thread of a process.
 * `database` is always the canonical path (`canonicalPath`).
 */
export interface SentinelLock {
  /**
   * Tries once. A dead holder is taken over on the way (then `tookOver` is its card).
   * @throws only where the file system refuses (read-only folder, …), never because it is held
   */
  tryAcquire(database: string, owner: Owner): Promise<Acquired | Held>;
  /** Opens no database; leaves nothing behind. */
  inspect(database: string): Promise<LockState>;
  /** See `breakLockRequest`. */
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
  /** Rewrites the card, at most every 50 ms; the last call wins. */
  progress(progress: Progress): void;
  /** Removes card and sentinel if they are still ours; never anybody else's. Idempotent. */
  release(): Promise<void>;
  /** The same, synchronously, for a process about to kill itself. */
  releaseNow(): void;
}
