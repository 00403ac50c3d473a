/** A number of things with its thousands apart, as in `1,204`. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
