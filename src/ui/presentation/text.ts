import { basename } from 'node:path';
import type { ErrorInfo } from '../../core/errors';
import type { MigrationRef } from '../../core/model';
import { describeError } from '../../messages/describeError';
import { sanitizeLine, type Translate } from '../../messages/text';

/** A moment in the person's own way of writing dates, to the minute. Empty where it is none. */
export function formatDate(iso: string): string {
  return format(iso, { dateStyle: 'medium', timeStyle: 'short' });
}

/** The same where there is little room: without what is as it is now, the day or the year. */
export function formatDateShort(iso: string, now = new Date()): string {
  const at = new Date(iso);
  const time: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit' };
  if (at.toDateString() === now.toDateString()) {
    return format(iso, time);
  }
  return at.getFullYear() === now.getFullYear()
    ? format(iso, { month: 'short', day: 'numeric', ...time })
    : format(iso, { dateStyle: 'medium' });
}

function format(iso: string, options: Intl.DateTimeFormatOptions): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? '' : at.toLocaleString(undefined, options);
}

/**
 * An error for where there is little room and a click leads to the file: its name and the line
 * instead of the whole path. Ends like a sentence, so that another can follow.
 */
export function shortError({ place, ...error }: ErrorInfo, t: Translate): string {
  const { message } = describeError(error, t);
  const whole = /[.!?…]$/.test(message) ? message : `${message}.`;
  return place
    ? t('{file}, line {line}: {message}', {
        file: sanitizeLine(basename(place.file)),
        line: place.line,
        message: whole,
      })
    : whole;
}

/** A message for where several databases could be meant. */
export function withDatabase(database: string, message: string, t: Translate): string {
  return t('{database}: {message}', { database, message });
}

/** More names than these nobody reads. */
const mostNames = 10;

/** What a question is about, for above its details: nothing where its title has the only name. */
export function nameLines(migrations: readonly Pick<MigrationRef, 'id'>[], t: Translate): string[] {
  const names = migrations.slice(0, mostNames).map(({ id }) => sanitizeLine(id));
  const more = migrations.length - names.length;
  return migrations.length > 1
    ? [...names, ...(more > 0 ? [t('and {count} more', { count: more })] : []), '']
    : [];
}

/**
 * Text of unknown origin for places where VS Code reads `$(name)` as an icon and `[text](address)`
 * as a link, even one that runs a command: both become mere text.
 */
export function escapeIconsAndLinks(text: string): string {
  return text.replaceAll('$(', '$ (').replaceAll('](', '] (');
}
