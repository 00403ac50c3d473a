import { lstatSync, renameSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Holder, Progress } from '../core/model';
import { backoff } from '../core/run/waitForLock';
import { linkExclusive, removeFileQuietly, writeExclusive } from '../system/exclusiveFile';
import { type LockPaths, readCard, serializeCard } from './holderCard';
import type { OwnedFolder } from './lockFolder';
import type { RemovalClaim } from './removeLock';
import type { SentinelHandle } from './sentinelLock';

/**
 * Calls at most once per `gapMs`: at once when the last call is long enough ago, else when it is;
 * several requests in between become one call. Its timer does not keep the process alive.
 */
export class Throttle {
  private timer?: NodeJS.Timeout;
  private calledAt = -Infinity;

  constructor(
    private readonly gapMs: number,
    private readonly call: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  request(): void {
    if (this.timer) {
      return;
    }
    const wait = this.calledAt + this.gapMs - this.now();
    if (wait <= 0) {
      this.run();
    } else {
      this.timer = setTimeout(() => this.run(), wait).unref();
    }
  }

  /** What it calls for was just done otherwise. */
  wasCalled(): void {
    this.calledAt = this.now();
  }

  cancel(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private run(): void {
    this.cancel();
    this.calledAt = this.now();
    this.call();
  }
}

const cardGapMs = 50;
const claimTries = 30;

/** What a hold needs of the lock it came from. */
export interface HoldParts {
  readonly folder: OwnedFolder;
  readonly card: CardWriter;
  /** Ends the heartbeat. */
  readonly stopHeartbeat: () => void;
  /** Takes the right to remove this lock; undefined while somebody else has it. */
  readonly claim: () => RemovalClaim | undefined;
  /** Called once, when the lock is given back or found lost. */
  readonly onEnd: (hold: SentinelHold) => void;
  readonly onLost?: (holder: Holder) => void;
}

/** The sentinel while it is ours. */
export class SentinelHold implements SentinelHandle {
  private state: 'held' | 'lost' | 'released' = 'held';
  private sweeping?: Promise<void>;
  private readonly writing = new Throttle(cardGapMs, () => this.writeCard());

  constructor(
    private current: Holder,
    private readonly parts: HoldParts,
  ) {
    // The card is written with the lock. A short run leaves it at that: on ext4 a file that takes
    // another's place is written with the next fsync, which is the COMMIT somebody waits for.
    this.writing.wasCalled();
  }

  get holder(): Holder {
    return this.current;
  }

  get lost(): boolean {
    return this.state === 'lost';
  }

  get isHeld(): boolean {
    return this.state === 'held';
  }

  /** Some tidying that goes on beside the work; a release waits for it. */
  sweep(sweeping: Promise<void>): void {
    this.sweeping = sweeping;
  }

  progress(progress: Progress): void {
    if (this.state === 'held') {
      this.current = { ...this.current, progress };
      this.writing.request();
    }
  }

  /** A heartbeat was sent: a card that somebody deleted is put back. */
  onHeartbeat(): void {
    if (this.state === 'held' && !this.parts.card.isThere()) {
      this.writeCard();
    }
  }

  lose(): void {
    if (this.state !== 'held') {
      return;
    }
    this.end('lost');
    this.parts.folder.abandon();
    // The card alone may still be ours; without the folder it says nothing true.
    const claim = this.claim();
    if (claim) {
      this.parts.card.remove();
      claim.drop(true);
    }
    this.parts.onLost?.(this.current);
  }

  async release(): Promise<void> {
    await this.sweeping;
    const delays = backoff();
    for (let tries = 1; this.state === 'held'; tries++) {
      if (!this.tryRelease(tries === claimTries)) {
        await sleep(delays.next().value);
      }
    }
  }

  releaseNow(): void {
    if (this.state === 'held') {
      this.tryRelease(true);
    }
  }

  /**
   * @param anyway also where somebody else has the right to remove this lock: he must have stopped
   *   in the middle, and what is ours is looked at again before it is removed
   * @returns false when it has to be tried again
   */
  private tryRelease(anyway: boolean): boolean {
    if (!this.parts.folder.isMine()) {
      this.lose();
      return true;
    }
    const claim = this.claim();
    if (claim === undefined && !anyway) {
      return false;
    }
    this.end('released');
    this.parts.stopHeartbeat();
    // The folder first: a card without a folder is free, a folder without a card is not.
    this.parts.folder.remove();
    this.parts.card.remove();
    claim?.drop(true);
    return true;
  }

  /** @returns null where the file system refuses (full disk, a folder that became read-only) */
  private claim(): RemovalClaim | undefined | null {
    try {
      return this.parts.claim();
    } catch {
      return null;
    }
  }

  private end(state: 'lost' | 'released'): void {
    this.state = state;
    this.writing.cancel();
    this.parts.onEnd(this);
  }

  private writeCard(): void {
    try {
      if (this.parts.folder.isMine()) {
        this.parts.card.update(this.current);
      } else {
        this.lose();
      }
    } catch {
      // A card that cannot be written (full disk, …) is no reason to stop working.
    }
  }
}

/** Puts a holder's card in place, whole or not at all. */
export class CardWriter {
  private folder = '';

  constructor(
    private readonly paths: LockPaths,
    private readonly token: string,
  ) {}

  /**
   * The first card of a new folder.
   *
   * @param removeLeftover removes the card of a folder that is gone, if nobody else is at it
   * @returns false when another card stays in the place
   * @throws the file system's error
   */
  publish(folder: string, holder: Holder, removeLeftover: (token: string) => boolean): boolean {
    this.folder = folder;
    const page = this.write(holder);
    try {
      for (let tries = 0; tries < 3; tries++) {
        if (linkExclusive(page, this.paths.card)) {
          return true;
        }
        const other = readCard(this.paths.card);
        if (other && !removeLeftover(other.holder.token)) {
          return false;
        }
        if (!other && lstatSync(this.paths.card, { throwIfNoEntry: false })) {
          renameSync(page, this.paths.card); // not a card at all, so nobody's
          return true;
        }
      }
      return false;
    } finally {
      removeFileQuietly(page);
    }
  }

  /** Replaces our own card, and puts it back where it was lost; never touches another's. */
  update(holder: Holder): void {
    const there = readCard(this.paths.card);
    if (there && there.holder.token !== this.token) {
      return;
    }
    const page = this.write(holder);
    try {
      if (there) {
        renameSync(page, this.paths.card);
      } else {
        linkExclusive(page, this.paths.card);
      }
    } finally {
      removeFileQuietly(page);
    }
  }

  isThere(): boolean {
    return lstatSync(this.paths.card, { throwIfNoEntry: false }) !== undefined;
  }

  /** Removes the card if it is ours. */
  remove(): void {
    if (readCard(this.paths.card)?.holder.token === this.token) {
      removeFileQuietly(this.paths.card);
    }
  }

  private write(holder: Holder): string {
    const page = this.paths.page(this.token);
    writeExclusive(page, serializeCard({ holder, folder: this.folder }));
    return page;
  }
}
