import { lstatSync, mkdirSync, renameSync, rmdirSync, utimesSync } from 'node:fs';
import { randomHex } from '../system/process';

type Callback<T = void> = (error: NodeJS.ErrnoException | null, value?: T) => void;

/**
 * The sentinel's folder as its maker sees it, and the few file operations that `proper-lockfile`
 * performs on it. Each first makes sure whose folder it is; none removes anything.
 */
export class OwnedFolder {
  private id?: string;
  private closed = false;

  /**
   * @param publish called as soon as the folder is there, with its identity
   * @param onHeartbeat called with every heartbeat
   */
  constructor(
    private readonly path: string,
    private readonly publish: (id: string) => void,
    private readonly onHeartbeat: () => void,
  ) {}

  /** Whether the folder in the place is the one that was made here; false also when in doubt. */
  isMine(): boolean {
    try {
      return this.looksMine();
    } catch {
      return false;
    }
  }

  /**
   * Removes the folder if it is still the one that was made here. A heartbeat that is still to come
   * finds nothing.
   */
  remove(): void {
    this.removeMine();
    this.abandon();
  }

  /** It is no longer ours, whatever is in the place. */
  abandon(): void {
    this.closed = true;
  }

  readonly fs = {
    mkdir: (_path: string, done: Callback): void =>
      attempt(done, () => {
        mkdirSync(this.path);
        this.id = this.identify();
        try {
          this.publish(this.id);
        } catch (error) {
          this.removeMine();
          this.id = undefined;
          throw error;
        }
      }),
    stat: (_path: string, done: Callback<{ mtime: Date }>): void =>
      attempt(done, () => {
        // Before it is ours: asked whether somebody else's is stale, which is not for the library
        // to decide. Afterwards: asked whether it is still as it was left, which is its identity.
        if (this.id !== undefined) {
          this.assertMine();
        }
        return { mtime: this.lastHeartbeat };
      }),
    utimes: (_path: string, _atime: Date, mtime: Date, done: Callback): void =>
      attempt(done, () => {
        this.assertMine();
        const now = new Date();
        utimesSync(this.path, now, now);
        this.lastHeartbeat = mtime;
        this.onHeartbeat();
      }),
    rmdir: (_path: string, done: Callback): void => done(null),
    rmdirSync: (): void => undefined,
  };

  private lastHeartbeat = new Date();

  private identify(): string {
    const seen = readFolder(this.path);
    if (!seen) {
      throw Object.assign(new Error('taken away at once'), { code: 'EEXIST' });
    }
    return seen.id;
  }

  private removeMine(): void {
    try {
      if (this.isMine()) {
        removeSentinel(this.path, true);
      }
    } catch {
      // The system refuses: the next one takes over from nobody, or goes on without.
    }
  }

  private looksMine(): boolean {
    return !this.closed && this.id !== undefined && readFolder(this.path)?.id === this.id;
  }

  private assertMine(): void {
    if (!this.looksMine()) {
      throw Object.assign(new Error(`ENOENT: no longer ours, '${this.path}'`), { code: 'ENOENT' });
    }
  }
}

function attempt<T>(done: Callback<T>, act: () => T): void {
  let value: T;
  try {
    value = act();
  } catch (error) {
    done(error as NodeJS.ErrnoException);
    return;
  }
  done(null, value);
}

/** The sentinel's folder as it was seen. */
export interface FolderState {
  /**
   * Inode and birth time. The inode alone would not do: ext4 gives the next folder the same one.
   */
  readonly id: string;
  /** Changes with every heartbeat. */
  readonly heartbeat: string;
  /** When it last changed, by the file system's own clock, in Unix milliseconds. */
  readonly changedMs: number;
}

/**
 * @returns undefined where there is none
 * @throws the file system's error; `ENOTDIR` where something that is not a folder is in the place
 *   (a link to one counts as such: it is not ours)
 */
export function readFolder(path: string): FolderState | undefined {
  const seen = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (seen && !seen.isDirectory()) {
    throw Object.assign(new Error(`ENOTDIR: not a folder, lstat '${path}'`), {
      code: 'ENOTDIR',
      path,
    });
  }
  return (
    seen && {
      id: `${seen.ino}-${seen.birthtimeNs}`,
      heartbeat: `${seen.mtimeNs}`,
      changedMs: Number(seen.ctimeNs) / 1e6,
    }
  );
}

/**
 * Removes a sentinel's folder, if it is there. Where somebody put a file into it, as file managers
 * do, it is moved aside with what is in it: that is not ours to delete, and must not hold the lock.
 *
 * @param isKnown that it is a sentinel; a folder with something in it that may be none stays
 * @throws the file system's error, `ENOTEMPTY` for such a folder
 */
export function removeSentinel(path: string, isKnown: boolean): void {
  try {
    rmdirSync(path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (isKnown && ['ENOTEMPTY', 'EEXIST'].includes(code)) {
      renameSync(path, `${path}.aside.${randomHex(8)}`);
    } else if (code !== 'ENOENT') {
      throw error;
    }
  }
}
