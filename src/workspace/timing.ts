export interface Disposable {
  dispose(): void;
}

/** Disposes of several things together, the last one first; what comes after that goes at once. */
export class Disposables implements Disposable {
  private items: Disposable[] = [];
  private disposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.disposed) {
      item.dispose();
    } else {
      this.items.push(item);
    }
    return item;
  }

  /** Disposes of what there is; more may be added. */
  clear(): void {
    const items = this.items;
    this.items = [];
    for (const item of items.reverse()) {
      item.dispose();
    }
  }

  dispose(): void {
    this.disposed = true;
    this.clear();
  }
}

/** Calls back once after requests have been silent for a while, and at the latest after `maxMs`. */
export class Debouncer {
  private timer?: NodeJS.Timeout;
  private first?: number;

  constructor(
    private readonly callback: () => void,
    private readonly quietMs: number,
    private readonly maxMs = quietMs * 5,
  ) {}

  request(): void {
    const now = Date.now();
    this.first ??= now;
    clearTimeout(this.timer);
    const delay = Math.max(0, Math.min(this.quietMs, this.first + this.maxMs - now));
    this.timer = setTimeout(() => {
      this.first = undefined;
      this.callback();
    }, delay);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.first = undefined;
  }
}

/**
 * Runs an asynchronous job so that two never overlap and the last request always gets an answer
 * that began after it: requests made while the job runs share one further turn.
 */
export class Coalescer {
  private running?: Promise<void>;
  private next?: Promise<void>;

  /** @param job must not reject; whatever can go wrong is part of what it reports */
  constructor(private readonly job: () => Promise<void>) {}

  /** Resolves when a turn of the job that began after this call has ended. */
  request(): Promise<void> {
    if (!this.running) {
      this.running = this.job().finally(() => (this.running = undefined));
      return this.running;
    }
    this.next ??= this.running.then(() => {
      this.next = undefined;
      return this.request();
    });
    return this.next;
  }
}

const intervalMs = 1000;

/**
 * Asks again once a second, but only while somebody holds the lock: a holder that is killed
 * changes no file, so nothing would tell.
 */
export class LockPoll {
  private timer?: NodeJS.Timeout;

  constructor(private readonly look: () => void) {}

  enable(wanted: boolean): void {
    if (wanted && !this.timer) {
      this.timer = setInterval(this.look, intervalMs);
    } else if (!wanted) {
      this.dispose();
    }
  }

  dispose(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
