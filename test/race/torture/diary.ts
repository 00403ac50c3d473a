/** What was done in a round and when, for whoever has to understand a failure. */
export class Diary {
  private readonly start = performance.now();
  private readonly entries: string[] = [];

  public get ms(): number {
    return performance.now() - this.start;
  }

  public note(what: string): void {
    this.entries.push(`${this.ms.toFixed(1).padStart(9)} ms  ${what}`);
  }

  public text(): string {
    return this.entries.join('\n');
  }
}
