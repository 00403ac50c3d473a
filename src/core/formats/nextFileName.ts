import type { Migration } from '../migration';
import { numberedName } from './numberedName';
import { slug } from './slug';

/**
 * The next migration's file name without direction and extension, in the style of the last one:
 * a time stamp of as many digits, or the next number with the same width and gap.
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
  const isTimestamp = /^(19|20)\d{10}(\d\d)?$/.test(last);
  const current = isTimestamp ? timestamp(now, last.length) : '0';
  // Two in one second, or a clock behind: still after the last one.
  const next = BigInt(last) + (isTimestamp ? 1n : gap(versions));
  return BigInt(current) > BigInt(last) ? current : String(next).padStart(last.length, '0');
}

/** 10 where the last ones are 10, 20, 30; otherwise 1. */
function gap(versions: readonly string[]): bigint {
  const [a, b, c] = versions.slice(-3).map(BigInt);
  const isRegular = c !== undefined && c - b! === b! - a! && c > b!;
  return isRegular ? c - b! : 1n;
}

/** UTC, `YYYYMMDDhhmmss` or its first digits. */
function timestamp(now: Date, digits: number): string {
  return now.toISOString().replace(/\D/g, '').slice(0, digits);
}
