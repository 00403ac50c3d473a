/**
 * A text from a file anybody may have written, made fit for a tooltip or a log line: no control,
 * format (bidi marks among them), surrogate or line-separator characters, and not too long.
 * Markdown is left alone: whoever renders it must escape it.
 *
 * @returns undefined for anything but a text
 */
export function plainText(value: unknown, limit = 200): string | undefined {
  if (typeof value !== 'string') {
    return undefined;
  }
  // Cut before as well: a megabyte is not worth cleaning.
  const start = value.slice(0, limit * 4);
  const clean = start.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '');
  return [...clean].slice(0, limit).join('');
}
