import type * as cryptoModule from 'node:crypto';
import type { Script } from './model';
import { scriptSql } from './sql/script';

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

/**
 * `node:crypto`, loaded when first needed: that takes some 5 ms, of which the start of every terminal
 * and of every thread would pay.
 */
export function loadCrypto(): typeof cryptoModule {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('node:crypto') as typeof cryptoModule;
}

/** SHA-256 (hex). In one call where this Node has it (20.12): reading a status asks for a thousand. */
function sha256(text: string): string {
  const crypto = loadCrypto();
  const hash = crypto.hash as typeof crypto.hash | undefined;
  return hash ? hash('sha256', text) : crypto.createHash('sha256').update(text).digest('hex');
}

/** The checksum of what runs of a script; by it an edit is noticed. */
export function scriptChecksum(script: Script): string {
  return checksum(scriptSql(script));
}
