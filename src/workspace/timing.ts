/**
 * Calls back once when no request has come for a while, and at the latest `maxMs` after the first;
 * always from a timer, never from within a request. (Debounce functions of libraries wait for another
 * request before they look at their maximum, and then call back from within it.)
 */
export class Debouncer {
  private timer?: NodeJS.Timeout;
  private first?: number;

  constructor(
    private readonly callback: () => void,
    private readonly delayMs: number,
    private readonly maxMs = delayMs * 5,
  ) {}

  request(): void {
    const now = Date.now();
    this.first ??= now;
    clearTimeout(this.timer);
    const remaining = Math.max(0, Math.min(this.delayMs, this.first + this.maxMs - now));
    this.timer = setTimeout(() => {
      this.first = undefined;
      this.callback();
    }, remaining);
  }

  /** Forgets what was requested; it may be requested again. */
  dispose(): void {
    clearTimeout(this.timer);
    this.first = undefined;
  }
}

/**
 * Runs an asynchronous job so that two runs never overlap and every request is answered by a run that
 * began after it: requests made while the job runs share one further run.
 */
export class Coalescer {
  private running?: Promise<void>;
  private next?: Promise<void>;

  /** @param job must not reject; whatever can go wrong is part of what it reports */
  constructor(private readonly job: () => Promise<void>) {}

  /** Resolves when a run of the job that began after this call has ended. */
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

/** Calls back once a second while that is wanted. */
export class Ticker {
  private timer?: NodeJS.Timeout;

  constructor(private readonly callback: () => void) {}

  enable(wanted: boolean): void {
    if (!wanted) {
      this.dispose();
    } else {
      this.timer ??= setInterval(this.callback, 1000);
    }
  }

  dispose(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
