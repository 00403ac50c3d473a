import type { Place } from '../core/errors';

/**
 * Text of unknown origin (a lock file's card, SQL, a file name) made fit for one line of a terminal
 * or a label: runs of white space become one blank, control characters (escape sequences, C1) and
 * those that reorder or hide text are dropped, the password of a URL is masked, and what is longer
 * than `limit` is cut off.
 *
 * @param limit in UTF-16 units
 */
export function sanitizeLine(text: string, limit = 300): string {
  // Cut before as well: a megabyte is not worth cleaning.
  const visible = maskPasswords(text.slice(0, limit * 8))
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

const halfPair = /[\ud800-\udbff]$/;

/** The text with the passwords of the URLs in it replaced. */
export function maskPasswords(text: string): string {
  return text.replace(password, '$1***@');
}

/**
 * In `scheme://user:password@host`, also where a path was made of it, which leaves one slash. A
 * password may hold a slash, unless it reads as a port and a path; the lengths bound the work.
 */
const password =
  /\b([a-z][a-z\d+.-]{1,30}:\/{1,3}[^\s/:@'"]{0,100}:)(?!\d+\/)(?:[^\s/'"]{0,200}|[^\s@'"]{0,200})@/gi;

/** A duration as people say it: `0 ms`, `340 ms`, `3.2 s`, `45 s`, `2 min 5 s`. */
export function duration(ms: number, t: Translate): string {
  const rounded = Math.max(0, Math.round(ms));
  if (rounded < 1000) {
    return t('{count} ms', { count: rounded });
  }
  const seconds = rounded / 1000;
  if (seconds < 60) {
    return t('{count} s', {
      count: seconds < 10 ? Number(seconds.toFixed(1)) : Math.floor(seconds),
    });
  }
  const whole = Math.floor(seconds);
  return whole % 60 === 0
    ? t('{minutes} min', { minutes: whole / 60 })
    : t('{minutes} min {seconds} s', { minutes: Math.floor(whole / 60), seconds: whole % 60 });
}

/** How loud a line in a log is. */
export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

/** What happened, in words. Every part is one line and free of control characters. */
export interface Sentence {
  /** What happened, and where. */
  readonly message: string;
  /** More of it: the statement that failed, the list of causes. */
  readonly detail?: string;
  /** What the person can do next. */
  readonly advice?: string;
}

/** A sentence for a log. */
export interface LogLine extends Sentence {
  readonly level: LogLevel;
}

/** A number of bytes as people say it: `512 B`, `12 KB`, `3.4 MB`, `256 MB`; in units of 1024. */
export function fileSize(bytes: number, t: Translate): string {
  const [kilo, mega] = [bytes / 1024, bytes / 1024 / 1024];
  if (kilo < 1) {
    return t('{count} B', { count: Math.max(0, Math.round(bytes)) });
  }
  if (mega < 1) {
    return t('{count} KB', { count: Math.round(kilo) });
  }
  return t('{count} MB', { count: mega < 10 ? Number(mega.toFixed(1)) : Math.round(mega) });
}

/**
 * Makes a sentence from an English one with `{name}` placeholders, as `vscode.l10n.t` does with
 * named arguments (https://code.visualstudio.com/api/references/vscode-api#l10n); that function is
 * one, {@link plainTranslate} is the one for terminals.
 */
export type Translate = (message: string, args?: Record<string, string | number>) => string;

/** Fills in the placeholders and leaves the language alone. A placeholder without value stays. */
export const plainTranslate: Translate = (message, args = {}) =>
  message.replace(/\{([^}]+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(args, name) ? String(args[name]) : placeholder,
  );

/** `file:line:column`, which terminals and logs make clickable. */
export function describePlace({ file, line, column }: Place): string {
  return `${sanitizeLine(file, 4096)}:${line}:${column}`;
}

/** Names in a row; of very many, the first few. @param width of one name, in UTF-16 units */
export function listNames(names: readonly string[], most: number, width?: number): string {
  const shown = names.slice(0, most).map((name) => sanitizeLine(name, width));
  return names.length > shown.length ? `${shown.join(', ')}, …` : shown.join(', ');
}

/** A count with its thousands apart, as in `1,204`. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
