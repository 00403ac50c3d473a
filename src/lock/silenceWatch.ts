/**
 * Remembers since when something has shown no sign of life, by this process' monotonic clock: no
 * clock that is set, wrong, or of another machine plays a part, save for what was before the first
 * look.
 */
export class SilenceWatch {
  private readonly seen = new Map<string, { readonly sign: string; readonly since: number }>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /**
   * @param key what is watched
   * @param sign differs after each sign of life
   * @param age how old the sign is, in milliseconds, as far as it can be told when it is first
   *   seen; below zero counts as zero
   * @returns milliseconds since the last sign of life
   */
  silentMs(key: string, sign: string, age: () => number): number {
    const known = this.seen.get(key);
    if (known?.sign === sign) {
      return this.now() - known.since;
    }
    const old = Math.max(0, age());
    this.seen.set(key, { sign, since: this.now() - old });
    return old;
  }
}
