/** What a torture run did, for its closing lines. */
export class Counts {
  private readonly counts = new Map<string, number>();

  public add(what: string, many = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + many);
  }

  public get(what: string): number {
    return this.counts.get(what) ?? 0;
  }

  public lines(): string[] {
    return [...this.counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([what, many]) => `${String(many).padStart(9)}  ${what}`);
  }
}
