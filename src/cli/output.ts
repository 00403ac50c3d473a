import { relative } from 'node:path';
import { createColors } from 'picocolors';
import type { Colors } from 'picocolors/types';
import type { ErrorInfo, Place } from '../core/errors';
import type { Direction } from '../core/model';
import type { DiffLine } from '../core/schema/schemaText';
import type { RunEvent, RunResult } from '../core/run/runEvents';
import { describeError } from '../messages/describeError';
import { describeEvent, describeResult } from '../messages/run';
import {
  type LogLevel,
  type LogLine,
  maskPasswords,
  plainTranslate as t,
  sanitizeLine,
} from '../messages/text';

/** Where a command's output goes: lines for people, or one JSON object a line. */
export interface Output {
  readonly json: boolean;
  readonly style: Style;
  /** The answer that was asked for; people get it on stdout. */
  text(line: string): void;
  /** The answer for programs. Nothing is printed unless `--json` was given. */
  object<T extends JsonLine>(object: T): void;
  /** How something ended, for people. */
  line(line: LogLine): void;
  event(event: RunEvent): void;
  result(result: RunResult, direction: Direction): void;
  error(error: ErrorInfo): void;
}

interface JsonLine {
  readonly type: string;
}

interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Lines for people: what happens on stdout, warnings and errors on stderr. */
export class TextOutput implements Output {
  public readonly json = false;

  /** @param errStyle of stderr: one of the two can be a terminal and the other a file */
  constructor(
    private readonly streams: Streams,
    public readonly style: Style,
    private readonly verbose: boolean,
    private readonly errStyle: Style = style,
  ) {}

  public text(line: string): void {
    this.streams.out(`${line}\n`);
  }

  public object(_object: JsonLine): void {}

  public event(event: RunEvent): void {
    // The result repeats the error, with what stayed.
    if (event.type !== 'stepFailed') {
      this.line(describeEvent(event, t));
    }
  }

  public result(result: RunResult, direction: Direction): void {
    const error = result.error && withShortPath(result.error);
    this.line(describeResult({ ...result, error }, t, direction));
  }

  public error(error: ErrorInfo): void {
    this.line({ level: 'error', ...describeError(withShortPath(error), t) });
    if (error.code === 'internal' && this.verbose) {
      // It begins with the message, which may repeat a stranger's text.
      const lines = String(error.params.stack).split('\n');
      this.streams.err(`${lines.map((line) => `  ${sanitizeLine(line, 4096)}`).join('\n')}\n`);
    }
  }

  public line(line: LogLine): void {
    if (line.level !== 'debug' || this.verbose) {
      const write = isLoud(line.level) ? this.streams.err : this.streams.out;
      write(`${this.painted(line)}\n`);
    }
  }

  private painted({ level, message, detail, advice }: LogLine): string {
    const { red, yellow, dim } = isLoud(level) ? this.errStyle : this.style;
    const head = { error: red('error: '), warning: yellow('warning: '), info: '', debug: '' };
    const lines = [head[level] + message];
    if (detail) {
      lines.push(`  ${detail}`);
    }
    if (advice) {
      lines.push(dim(`  ${advice}`));
    }
    return lines.join('\n');
  }
}

/** One JSON object a line on stdout, the last one the result or the error. */
export class JsonOutput implements Output {
  public readonly json = true;

  constructor(
    private readonly streams: Streams,
    public readonly style: Style,
  ) {}

  public text(_line: string): void {}

  public line(_line: LogLine): void {}

  public object<T extends JsonLine>(object: T): void {
    this.streams.out(`${printableJson(object)}\n`);
  }

  public event(event: RunEvent): void {
    this.object('error' in event ? { ...event, error: withoutPasswords(event.error) } : event);
  }

  public result(result: RunResult, direction: Direction): void {
    const { message } = describeResult(result, t, direction);
    const error = result.error && withoutPasswords(result.error);
    this.object({ type: 'result', ...result, error, message });
  }

  public error(error: ErrorInfo): void {
    this.object({ type: 'error', ...withoutPasswords(error), ...describeError(error, t) });
  }
}

/** What was typed or configured is quoted in errors, and may be the URL of another database. */
function withoutPasswords(error: ErrorInfo): ErrorInfo {
  const params = Object.entries(error.params).map(([name, value]) => [
    name,
    typeof value === 'string' ? maskPasswords(value) : value,
  ]);
  return { ...error, params: Object.fromEntries(params) as ErrorInfo['params'] };
}

/**
 * JSON for a terminal as well as for programs. What controls a terminal, ends a line or reorders or
 * hides text is escaped, which parses to the same: names and SQL of strangers are among the values.
 */
function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character.split('').map(escapeUnit).join(''),
  );
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function isLoud(level: LogLevel): boolean {
  return level === 'error' || level === 'warning';
}

/** Colours, or none. Each never is the only sign of what it says. */
export type Style = Pick<Colors, 'bold' | 'dim' | 'red' | 'green' | 'yellow'>;

/**
 * Colours where a person reads a terminal that has them (https://no-color.org,
 * https://force-color.org). One for each stream, which picocolors' own judgement is not.
 */
export function styleFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Style {
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0';
  return createColors(
    env.NO_COLOR ? false : forced || (stream.isTTY === true && env.TERM !== 'dumb'),
  );
}

/** The error with the path of its place as {@link shortPath}; a terminal opens it all the same. */
export function withShortPath(error: ErrorInfo): ErrorInfo {
  const place: Place | undefined = error.place && {
    ...error.place,
    file: shortPath(error.place.file),
  };
  return { code: error.code, params: error.params, place };
}

/** A difference between two schemas, line by line. */
export function diffText(lines: readonly DiffLine[], style: Style): string[] {
  const paint = { '+': style.green, '-': style.red, ' ': style.dim };
  return lines.map(({ sign, text }) => paint[sign](`  ${sign} ${text}`.trimEnd()));
}

/** A path as people type it here: relative to the working directory where that is shorter. */
export function shortPath(path: string, folder: string = process.cwd()): string {
  const short = relative(folder, path) || '.';
  return short.length < path.length ? short : path;
}

/** `2026-01-02 03:04` in the time zone of the terminal; `?` for what is no time. */
export function localTime(iso: string): string {
  const at = new Date(iso);
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return Number.isNaN(at.getTime()) ? '?' : local.toISOString().slice(0, 16).replace('T', ' ');
}
