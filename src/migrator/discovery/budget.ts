/** What one search may cost; whatever goes beyond is left out and the search is incomplete. */
export interface BudgetLimits {
  readonly files: number;
  readonly opens: number;
  /** Milliseconds from the start. */
  readonly ms: number;
}

export const searchLimits: BudgetLimits = { files: 50_000, opens: 2_000, ms: 2_000 };

/** Counts what a search costs. */
export class Budget {
  private files = 0;
  private opens = 0;
  private readonly deadline: number;
  private short = false;

  constructor(
    private readonly limits: BudgetLimits,
    private readonly signal?: AbortSignal,
  ) {
    this.deadline = performance.now() + limits.ms;
  }

  /** True once something had to be left out. */
  get exceeded(): boolean {
    return this.short;
  }

  /** Whether there is time left; throws when the search was cancelled. */
  hasTime(): boolean {
    this.signal?.throwIfAborted();
    return this.allow(performance.now() < this.deadline);
  }

  /** How many of these many more files may be looked at. */
  takeFiles(wanted: number): number {
    const granted = Math.max(0, Math.min(wanted, this.limits.files - this.files));
    this.files += granted;
    this.allow(granted === wanted);
    return granted;
  }

  /** Whether one more file may be opened. */
  takeOpen(): boolean {
    return this.allow(this.opens++ < this.limits.opens);
  }

  private allow(allowed: boolean): boolean {
    this.short ||= !allowed;
    return allowed;
  }
}
