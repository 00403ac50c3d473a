const halfPair = /[\ud800-\udbff]$/;

/**
 * Text of unknown origin (a lock file's card, SQL, a file name) made fit for one line of a terminal
 * or a label: runs of white space become one blank, control characters (escape sequences, C1) and
 * those that reorder or hide text are dropped, and what is longer than `limit` is cut.
 *
 * @param limit in UTF-16 units
 */
export function oneLine(text: string, limit = 300): string {
  const visible = text
    // Cut before as well: a megabyte is not worth cleaning.
    .slice(0, limit * 8)
    // The ends of escape sequences go with them, so that no `[31m` stays behind.
    // eslint-disable-next-line no-control-regex
    .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?)/g, '')
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '')
    .trim();
  return visible.length > limit
    ? `${visible
        .slice(0, limit - 1)
        .replace(halfPair, '')
        .trimEnd()}…`
    : visible;
}
