/** The same numbers for the same seed, on every machine: xmur3 into sfc32, both public domain. */
export class SeededRandom {
  private readonly state: Uint32Array;

  constructor(seed: string) {
    let hash = 1779033703 ^ seed.length;
    for (const char of seed) {
      hash = Math.imul(hash ^ char.codePointAt(0)!, 3432918353);
      hash = (hash << 13) | (hash >>> 19);
    }
    const word = (): number => {
      hash = Math.imul(hash ^ (hash >>> 16), 2246822507);
      hash = Math.imul(hash ^ (hash >>> 13), 3266489909);
      return (hash ^= hash >>> 16) >>> 0;
    };
    this.state = Uint32Array.of(word(), word(), word(), word());
  }

  /** From 0 (included) to 1 (excluded). */
  public float(): number {
    const [a, b, c, d] = this.state;
    const sum = (a + b + d) | 0;
    this.state.set([
      b ^ (b >>> 9),
      (c + (c << 3)) | 0,
      (((c << 21) | (c >>> 11)) + sum) | 0,
      d + 1,
    ]);
    return (sum >>> 0) / 4294967296;
  }

  /** A whole number, both ends included. */
  public int(least: number, most: number): number {
    return least + Math.floor(this.float() * (most - least + 1));
  }

  public chance(probability: number): boolean {
    return this.float() < probability;
  }

  public pick<T>(list: readonly T[]): T {
    return list[this.int(0, list.length - 1)];
  }
}
