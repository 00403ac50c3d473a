import { lstatSync, renameSync } from 'node:fs';
import type { Holder } from '../core/holder';
import { serializeCard } from './holderCard';
import { linkExclusive } from './linkExclusive';
import type { LockPaths } from './lockPaths';
import { readCard } from './readCard';
import { removeFileQuietly } from './removeQuietly';
import { writeExclusive } from './writeExclusive';

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
