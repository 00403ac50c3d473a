/**
 * Digits that nobody else comes up with; not for secrets. `node:crypto` would do it as well, but takes
 * some 5 ms to load, of which every start of a terminal and of a window's migrator would pay.
 */
export function randomHex(digits: number): string {
  let text = '';
  while (text.length < digits) {
    text += Math.floor(Math.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  }
  return text.slice(0, digits);
}
