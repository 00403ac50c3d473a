/** Gives back what is still held when the process ends by itself or by `process.exit`. */
export class ExitCleanup {
  private readonly held = new Set<{ releaseNow(): void }>();
  private readonly onExit = (): void => this.held.forEach((hold) => hold.releaseNow());

  add(hold: { releaseNow(): void }): void {
    if (this.held.size === 0) {
      process.on('exit', this.onExit);
    }
    this.held.add(hold);
  }

  delete(hold: { releaseNow(): void }): void {
    this.held.delete(hold);
    if (this.held.size === 0) {
      process.removeListener('exit', this.onExit);
    }
  }
}
