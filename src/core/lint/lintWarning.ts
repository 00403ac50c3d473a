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

/** Something in a migration that bites on SQLite, although it may well run. Plain data. */
export interface LintWarning {
  readonly rule: LintRule;
  readonly direction: Direction;
  /** Where its statement begins. */
  readonly place: Place;
  /** The statement's text, perhaps cut at the end. */
  readonly statement: string;
  /** For the sentence: names and counts. */
  readonly params: Readonly<Record<string, string | number>>;
}
