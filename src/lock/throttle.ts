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
