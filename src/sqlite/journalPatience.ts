import type { FileState } from './databaseFiles';
import { sameState } from './databaseFiles';

/**
 * Tells a `-journal` that a living program will remove from one that a killed program left: the
 * second stays as it is. Only SQLite's locks could tell at once, and there are none here.
 */
export class JournalPatience {
  private seen?: FileState;
  private since = 0;

  /** @param limit milliseconds for which a journal must not have changed */
  constructor(private readonly limit = 1000) {}

  isOver(journal: FileState): boolean {
    const now = performance.now();
    if (!sameState(this.seen, journal)) {
      this.seen = journal;
      this.since = now;
    }
    return now - this.since >= this.limit;
  }
}
