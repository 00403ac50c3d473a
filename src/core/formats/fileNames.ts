import { basename } from 'node:path';
import type { Migration } from '../model';

/**
 * The next migration's file name without direction and extension, in the style of the last one:
 * the time now told in the same way, or the next number with the same width and gap.
 *
 * @param existing in the order they run
 * @param first how an empty folder begins
 */
export function nextFileName(
  existing: readonly Migration[],
  name: string,
  now: Date,
  first: 'timestamp' | 'sequence',
): string {
  const names = existing.map(({ up }) => numberedName(up.file)!);
  const last = names.at(-1);
  const separator = last?.separator || '_';
  const versions = names.map(({ version }) => version);
  const version = last
    ? nextVersion(versions, now)
    : first === 'timestamp'
      ? timestamp(now, 14)
      : '001';
  return `${version}${separator}${slug(name, separator === '-' ? '-' : '_')}`;
}

function nextVersion(versions: readonly string[], now: Date): string {
  const last = versions.at(-1)!;
  const current = clock(last, now);
  // Two in one second, or a clock behind: still after the last one.
  const next = BigInt(last) + (current === undefined ? gap(versions) : 1n);
  return current !== undefined && BigInt(current) > BigInt(last)
    ? current
    : String(next).padStart(last.length, '0');
}

/** The time now, told as the last version tells one; undefined where that is a number. */
function clock(last: string, now: Date): string | undefined {
  if (/^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4}|\d{6})?$/.test(last)) {
    return timestamp(now, last.length);
  }
  // Seconds or milliseconds since 1970, as of 2017.
  const ms = now.getTime();
  return /^1[5-9]\d{8}(?:\d{3})?$/.test(last)
    ? String(last.length === 10 ? Math.floor(ms / 1000) : ms)
    : undefined;
}

/** How far apart the last ones are, where that is a habit: 10 after 010, 020. Otherwise 1. */
function gap(versions: readonly string[]): bigint {
  const last = versions.slice(-3).map(BigInt);
  const [c, b, a] = last.toReversed() as [bigint, bigint?, bigint?];
  if (b === undefined) {
    return /^0+10$/.test(versions[0]) ? 10n : 1n;
  }
  const step = c - b;
  if (a === undefined) {
    return step > 0n && step % 5n === 0n && b % step === 0n ? step : 1n;
  }
  if (step > 0n && step === b - a) {
    return step;
  }
  return last.every((version) => version % 10n === 0n) ? 10n : 1n;
}

/** UTC, `YYYYMMDDhhmmss` or its first digits. */
function timestamp(now: Date, digits: number): string {
  return now.toISOString().replace(/\D/g, '').slice(0, digits);
}

/** The parts of a numbered file's name. */
export interface NumberedName {
  /** The leading digits as written. */
  readonly version: string;
  /** What stands between number and name. */
  readonly separator: string;
  /** The readable part, without direction and extension. */
  readonly name: string;
  /** `.up` or `.down` before the extension. */
  readonly direction?: 'up' | 'down';
  /** Everything before direction and extension: what a pair of files shares. */
  readonly id: string;
}

/** Takes apart a name such as `001_initial.up.sql`; undefined where it has no number in front. */
export function numberedName(path: string): NumberedName | undefined {
  const [, id, direction] = /^(\d.*?)(?:\.(up|down))?\.sql$/is.exec(basename(path)) ?? [];
  if (id === undefined) {
    return undefined;
  }
  const [, version, separator, name] = /^(\d+)([_\-. ]*)(.*)$/s.exec(id)!;
  return {
    version: version,
    separator: separator,
    name: name || id,
    direction: direction?.toLowerCase() as 'up' | 'down' | undefined,
    id,
  };
}

/** File names may have 255 bytes; this leaves room for number, direction and extension. */
const maxBytes = 160;

/**
 * A name as part of a file name: letters of any script stay, in lower case; whatever else stands
 * between them becomes the separator.
 */
function slug(name: string, separator: string): string {
  const words = wordsOf(name);
  let result = '';
  for (const character of words.join(separator)) {
    if (Buffer.byteLength(result + character) > maxBytes) {
      break;
    }
    result += character;
  }
  return result || 'migration';
}

/** Whether anything of a name can be part of a file name. */
export function isUsableName(name: string): boolean {
  return wordsOf(name).length > 0;
}

function wordsOf(name: string): string[] {
  return name
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== '');
}

/** What a migration's file is called, also where a link leads to it. */
export const sqlName = /\.sql$/i;

/** The same as a glob of VS Code's, which minds the case of letters. */
export const sqlGlob = '*.[sS][qQ][lL]';
