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
