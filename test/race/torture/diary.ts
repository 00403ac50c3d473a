/** What was done in a round and when, for whoever has to understand a failure. */
export class Diary {
  private readonly start = performance.now();
  private readonly entries: string[] = [];

  /** @param echo shows each entry at once */
  constructor(private readonly echo = false) {}

  public get ms(): number {
    return performance.now() - this.start;
  }

  public note(what: string): void {
    const entry = `${this.ms.toFixed(1).padStart(9)} ms  ${what}`;
    this.entries.push(entry);
    if (this.echo) {
      console.log(entry);
    }
  }

  public text(): string {
    return this.entries.join('\n');
  }
}
