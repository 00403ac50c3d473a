/** Milliseconds of each subject in each turn; subjects measured one after the other in a turn. */
export type Times = ReadonlyMap<string, readonly number[]>;

/** Measures once: prepares unmeasured, gives the milliseconds. */
export type Measure = () => Promise<number>;

/**
 * Measures the subjects in turns, each turn in another order, so that what else the machine does
 * falls on all of them. The first turn warms up and does not count.
 */
export async function inTurns(
  subjects: Readonly<Record<string, Measure>>,
  turns: number,
): Promise<Times> {
  const names = Object.keys(subjects);
  const times = new Map(names.map((name) => [name, [] as number[]]));
  for (let turn = 0; turn <= turns; turn++) {
    for (let at = 0; at < names.length; at++) {
      const name = names[(at + turn) % names.length];
      const ms = await subjects[name]();
      if (turn > 0) {
        times.get(name)!.push(ms);
      }
    }
  }
  return times;
}

/** The milliseconds something takes. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of what one took of what the other took in the same turn. */
export function ratio(times: Times, of: string, to: string): number | undefined {
  const [a, b] = [times.get(of), times.get(to)];
  return a?.length && b?.length ? median(a.map((ms, turn) => ms / b[turn])) : undefined;
}
