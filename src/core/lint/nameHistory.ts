/** Asks for names as they were before one statement. */
export interface NamesThen {
  has(name: string): boolean;
}

interface Span {
  /** The statement that made the name; it is there after it. */
  readonly from: number;
  /** The statement that took it away. */
  until: number;
}

/**
 * The names that a script makes and takes away, as they are before each of its statements: without a
 * copy for each, which ten thousand of them would have no room for.
 */
export class NameHistory {
  private readonly spans = new Map<string, Span[]>();
  private readonly current = new Set<string>();

  /** The names after all statements so far. */
  get names(): ReadonlySet<string> {
    return this.current;
  }

  /** @param at index of the statement that makes it, not before any other so far */
  add(name: string, at: number): void {
    if (!this.current.has(name)) {
      this.current.add(name);
      const spans = this.spans.get(name) ?? [];
      spans.push({ from: at, until: Infinity });
      this.spans.set(name, spans);
    }
  }

  /** @returns whether it was there */
  delete(name: string, at: number): boolean {
    const span = this.current.delete(name) ? this.spans.get(name)?.at(-1) : undefined;
    if (span) {
      span.until = at;
    }
    return span !== undefined;
  }

  /** @param index of a statement */
  before(index: number): NamesThen {
    return {
      has: (name) =>
        (this.spans.get(name) ?? []).some(({ from, until }) => from < index && index <= until),
    };
  }
}
