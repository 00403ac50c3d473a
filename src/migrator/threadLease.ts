import type { DatabaseThread } from './databaseThread';

/** Milliseconds a thread gets to notice that it is cancelled; a statement cannot be interrupted. */
const cancelGraceMs = 400;
/** The same while it commits: by then it is nearly over, and killing would hide how it ended. */
const commitGraceMs = 3000;

/** A thread that one job has to itself, and that stops when the job is cancelled. */
export class ThreadLease {
  /** Set when the thread did not stop in time. */
  public stuck = false;
  private readonly cancel = (): void => this.thread.control.cancel();

  constructor(
    public readonly thread: DatabaseThread,
    private readonly signal: AbortSignal | undefined,
  ) {
    thread.reserved = true;
    thread.control.reset();
    signal?.addEventListener('abort', this.cancel);
    if (signal?.aborted) {
      this.cancel();
    }
  }

  /**
   * What a call of the thread comes to.
   * @param stuck the answer where the job is cancelled and the thread does not stop by itself
   */
  public settle<T>(call: Promise<T>, stuck: () => T): Promise<T> {
    return Promise.race([call, this.whenStuck().then(stuck)]);
  }

  /** A thread that is stuck stays reserved. */
  public end(): void {
    this.signal?.removeEventListener('abort', this.cancel);
    this.thread.reserved = this.stuck;
  }

  /** Settles only when the job is cancelled and its thread does not stop. */
  private whenStuck(): Promise<void> {
    return new Promise((resolve) => {
      const give = (ms: number): void => {
        setTimeout(() => {
          if (this.thread.control.committing && ms === cancelGraceMs) {
            give(commitGraceMs);
          } else if (this.thread.busy) {
            this.stuck = true;
            resolve();
          }
        }, ms).unref();
      };
      const start = (): void => give(cancelGraceMs);
      if (this.signal?.aborted) {
        start();
      } else {
        this.signal?.addEventListener('abort', start, { once: true });
      }
    });
  }
}
