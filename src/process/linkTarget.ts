import { constants, realpathSync } from 'node:fs';
import { basename } from 'node:path';

/** To open a file that anybody may have put there without being led elsewhere. */
export const readNoLink = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

/**
 * Where a link leads that was not followed. Only to a file of an expected name: opening and closing a
 * database would drop the locks that SQLite holds on it in this process
 * (https://www.sqlite.org/howtocorrupt.html, 2.2), and git carries links.
 *
 * @param refusal what opening with {@link readNoLink} threw
 * @throws that, where it was no link; else why it is not followed
 */
export function linkTarget(refusal: unknown, path: string, expected: RegExp): string {
  const { code } = refusal as NodeJS.ErrnoException;
  if (code !== 'ELOOP' && code !== 'EMLINK') {
    throw refusal;
  }
  const target = realpathSync(path);
  if (!expected.test(basename(target))) {
    throw new Error(`a link to ${basename(target)}`);
  }
  return target;
}
