/** How thorough a bench run is. */
export interface BenchOptions {
  /** Turns of each comparison, for the quick ones; the slow ones take fewer. */
  readonly turns: number;
  /** Numbers of small migrations. */
  readonly sizes: readonly number[];
  readonly racers: readonly number[];
  /** Bytes of the large database. */
  readonly large: number;
}
