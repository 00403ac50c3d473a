import { sha256 } from './sha256';

/**
 * SHA-256 (hex) of SQL as it matters: kinds of line ends, blanks at the end of lines and blank lines
 * at the start and the end do not count, so that an editor's clean-up is no edit.
 */
export function checksum(sql: string): string {
  const lines = sql.split(/\r\n|\r|\n/).map((line) => line.trimEnd());
  const first = lines.findIndex((line) => line !== '');
  const last = lines.findLastIndex((line) => line !== '');
  return sha256(first < 0 ? '' : lines.slice(first, last + 1).join('\n'));
}
