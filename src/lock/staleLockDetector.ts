import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from '../core/model';
import {
  type Liveness,
  liveness,
  processExists,
  type ProcessStart,
  processStart,
} from '../system/process';
import { removeFileQuietly, writeExclusive } from '../system/exclusiveFile';
import { type HolderCard, type LockPaths, pidInToken, readCard } from './holderCard';
import { readFolder, type FolderState } from './lockFolder';

/** Decides who is dead: at once where the process can be looked up, else after a silence. */
export class StaleLockDetector {
  constructor(
    readonly identity: ProcessIdentity,
    private readonly processes: ProcessTable,
    private readonly silence: HeartbeatMonitor,
  ) {}

  liveness(of: ProcessIdentity): Liveness {
    return liveness(of, this.identity.machine, (pid) => this.processes.start(pid));
  }

  /** The same of whoever made a token: dead, or it cannot be told. */
  livenessOfWriter(token: string | undefined): Liveness {
    const pid = token && pidInToken(token, this.identity.machine);
    return pid && !this.processes.start(pid).exists ? 'dead' : 'elsewhere';
  }

  /**
   * Whether nobody holds the lock any more.
   *
   * @param now what time it is by the file system's clock, in Unix milliseconds; asked for only
   *   when the folder changed since the last look
   */
  isLockDead(
    paths: LockPaths,
    snapshot: LockSnapshot,
    staleMs: number,
    now: () => number,
  ): boolean {
    const { folder, card } = snapshot;
    if (!folder) {
      return false;
    }
    const state = card ? this.liveness(card.holder) : this.livenessOfDrafts(paths);
    if (state !== 'elsewhere') {
      return state === 'dead';
    }
    const sign = `${folder.id} ${folder.heartbeat}`;
    const silentMs = this.silence.silentMs(paths.folder, sign, () => now() - folder.changedMs);
    return silentMs >= staleMs;
  }

  /** Whether the owner of a marker will never act again. `card` is absent when it is unreadable. */
  isMarkerDead(path: string, card: HolderCard | undefined, staleMs: number, now: number): boolean {
    const state = card ? this.liveness(card.holder) : 'elsewhere';
    if (state !== 'elsewhere') {
      return state === 'dead';
    }
    const seen = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (!seen) {
      return false;
    }
    const age = now - Number(seen.ctimeNs) / 1e6;
    return this.silence.silentMs(path, `${seen.ino} ${seen.ctimeNs}`, () => age) >= staleMs;
  }

  /**
   * A folder without a card may have a maker who has not come to write it. Everybody who creates
   * the folder has a complete draft beside it until the card is there, so: is one of them alive?
   */
  private livenessOfDrafts(paths: LockPaths): Liveness {
    const lives = readdirSync(paths.directory)
      .filter((name) => paths.draftToken(name))
      .map((name) => readCard(join(paths.directory, name)))
      .map((card) => card && this.liveness(card.holder));
    if (lives.includes('alive')) {
      return 'alive';
    }
    return lives.includes('dead') && !lives.includes('elsewhere') ? 'dead' : 'elsewhere';
  }
}

/** The file system's own clock: what it stamps on a file that is made now. */
export function fileSystemNow(paths: LockPaths, token: string): number {
  const probe = paths.claim(token);
  try {
    writeExclusive(probe, '');
    return lstatSync(probe).ctimeMs;
  } finally {
    removeFileQuietly(probe);
  }
}

/** Folder and card, seen together. */
export interface LockSnapshot {
  /** Absent: the lock is free. */
  readonly folder?: FolderState;
  /** The card of the folder's holder. */
  readonly card?: HolderCard;
  /** A card whose folder is gone: left by somebody who died while releasing, or about to go. */
  readonly leftover?: HolderCard;
}

/**
 * @param machine where we are. A card from elsewhere is believed to belong to the folder: some
 *   network file systems number folders differently for each of their clients.
 * @throws see {@link readFolder}
 */
export function readLock(paths: LockPaths, machine: string): LockSnapshot {
  for (let tries = 1; ; tries++) {
    const folder = readFolder(paths.folder);
    const card = readCard(paths.card);
    if (!folder) {
      return { leftover: card };
    }
    if (card && (card.folder === folder.id || card.holder.machine !== machine)) {
      return { folder, card };
    }
    // No card for this folder: true only if it is still the same folder, not one just released.
    if (tries === 3 || readFolder(paths.folder)?.id === folder.id) {
      return { folder, leftover: card };
    }
  }
}

const rememberedMs = 1_000;

/**
 * Looks processes up for somebody who asks every few milliseconds. Where a look-up starts a program
 * (macOS), a start time is remembered for a second; whether the process exists is asked each time.
 */
export class ProcessTable {
  private readonly known = new Map<number, { readonly start: ProcessStart; readonly at: number }>();

  constructor(
    private readonly platform: NodeJS.Platform = process.platform,
    private readonly now: () => number = () => performance.now(),
    private readonly lookUp: (pid: number) => ProcessStart = processStart,
  ) {}

  start(pid: number): ProcessStart {
    if (this.platform !== 'darwin') {
      return this.lookUp(pid);
    }
    const known = this.known.get(pid);
    if (known && this.now() - known.at < rememberedMs && processExists(pid)) {
      return known.start;
    }
    const start = this.lookUp(pid);
    this.known.set(pid, { start, at: this.now() });
    return start;
  }
}

/**
 * Remembers since when something has shown no heartbeat, by this process' monotonic clock: no
 * clock that is set, wrong, or of another machine plays a part, save for what was before the first
 * look.
 */
export class HeartbeatMonitor {
  private readonly seen = new Map<string, { readonly sign: string; readonly since: number }>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /**
   * @param key what is watched
   * @param sign differs after each heartbeat
   * @param age how old the sign is, in milliseconds, as far as it can be told when it is first
   *   seen; below zero counts as zero
   * @returns milliseconds since the last heartbeat
   */
  silentMs(key: string, sign: string, age: () => number): number {
    const known = this.seen.get(key);
    if (known?.sign === sign) {
      return this.now() - known.since;
    }
    const old = Math.max(0, age());
    this.seen.set(key, { sign, since: this.now() - old });
    return old;
  }
}
