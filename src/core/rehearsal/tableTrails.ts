/**
 * Where the tables of a step go: which names they take, and which rows are copied to which, as far as
 * the words of its statements tell. All names as `foldName` makes them.
 */
export class TableTrails {
  /** The names a table has had, the newest last; none where it was dropped. */
  private readonly trails: (string | undefined)[][] = [];
  /** Table → those of which it has rows. */
  private readonly origins = new Map<string, Set<string>>();

  public rename(from: string, to: string): void {
    this.move(from, to);
    this.origins.set(to, new Set([...(this.origins.get(from) ?? []), from]));
    this.origins.delete(from);
  }

  public drop(table: string): void {
    this.move(table, undefined);
  }

  /**
   * Rows are copied.
   * @returns whether some come back to a table of whose name they were before
   */
  public copy(from: readonly string[], to: string): boolean {
    const found = from.flatMap((name) => [name, ...(this.origins.get(name) ?? [])]);
    const origins = new Set([...(this.origins.get(to) ?? []), ...found]);
    origins.delete(to);
    if (origins.size > 0) {
      this.origins.set(to, origins);
    }
    return from.some((name) => this.hasRowsOf(name, to));
  }

  /** Whether a table is known to have rows of another. */
  public has(table: string): boolean {
    return this.origins.has(table);
  }

  public hasRowsOf(table: string, origin: string): boolean {
    return this.origins.get(table)?.has(origin) ?? false;
  }

  /** What a table is called now that had this name at first; undefined where it is no more. */
  public nameNow(first: string): string | undefined {
    const trail = this.trails.find(([name]) => name === first);
    return trail ? trail.at(-1) : first;
  }

  /** What a table is called now that once had this name, in the place of another. */
  public successor(first: string): string | undefined {
    return this.trails.findLast((names) => names.includes(first) && names.at(-1))?.at(-1);
  }

  private move(from: string, to: string | undefined): void {
    const trail = this.trails.find((names) => names.at(-1) === from);
    if (trail) {
      trail.push(to);
    } else {
      this.trails.push([from, to]);
    }
  }
}
