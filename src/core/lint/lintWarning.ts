import type { Place } from '../errors';
import type { Direction } from '../run/direction';

/** The rules, by the names that settings and the README use. */
export const lintRules = [
  'pragma-without-effect',
  'cascading-rebuild',
  'not-null-without-default',
  'unique-over-duplicates',
  'no-where',
  'drop-with-rows',
  'transaction-control',
  'if-not-exists',
  'incomplete-down',
] as const;

export type LintRule = (typeof lintRules)[number];

/** How loud a rule is, as its setting says. */
export type LintLevel = 'error' | 'warning' | 'info' | 'off';

/** Something in a migration that bites on SQLite, although it may well run. Plain data. */
export interface LintWarning {
  readonly rule: LintRule;
  readonly direction: Direction;
  /** Where its statement begins; of a way back that is another file, in that. */
  readonly place: Place;
  /** The statement's text, perhaps cut at the end. */
  readonly statement: string;
  /** For the sentence: names and counts; `case` where a rule has several. */
  readonly params: LintParams;
  /** It may go, and changes nothing: worth no more than an information, whatever the rule's level. */
  readonly harmless?: boolean;
}

export type LintParams = Readonly<Record<string, string | number>>;
