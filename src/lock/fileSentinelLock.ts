import type { Holder, LockState, Owner, ProcessIdentity } from '../core/holder';
import type { Acquired, Held, SentinelLock } from './sentinelLock';

export interface FileSentinelLockOptions {
  /** See `SentinelLock.tryAcquire`; for calls that do not say. In milliseconds. */
  readonly staleMs?: number;
  /** Milliseconds between two signs of life of a holder. */
  readonly heartbeatMs?: number;
  /** Who we are. */
  readonly identity?: ProcessIdentity;
  /** Called once when a lock of ours turns out to be gone. */
  readonly onLost?: (holder: Holder) => void;
}

/** The sentinel in the file system: a folder `<db>.lock` and the holder's card `<db>.lock.json`. */
export class FileSentinelLock implements SentinelLock {
  constructor(protected readonly options: FileSentinelLockOptions = {}) {}

  async tryAcquire(_database: string, _owner: Owner, _staleMs?: number): Promise<Acquired | Held> {
    throw new Error('in the making');
  }

  async inspect(_database: string): Promise<LockState> {
    return { kind: 'free' };
  }

  async break(database: string, _force: boolean): Promise<LockState> {
    return this.inspect(database);
  }
}
