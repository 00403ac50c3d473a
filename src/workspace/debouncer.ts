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
