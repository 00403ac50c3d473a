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
