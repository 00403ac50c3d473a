import type { LintRule } from './rule';
import { cascadingRebuild } from './rules/cascadingRebuild';
import { dropWithRows } from './rules/dropWithRows';
import { ifNotExists } from './rules/ifNotExists';
import { incompleteDown } from './rules/incompleteDown';
import { notNullWithoutDefault } from './rules/notNullWithoutDefault';
import { noWhere } from './rules/noWhere';
import { pragmaWithoutEffect } from './rules/pragmaWithoutEffect';
import { transactionControl } from './rules/transactionControl';
import { uniqueOverDuplicates } from './rules/uniqueOverDuplicates';

/** All rules, in the order in which their settings are shown; `npm run fmt` writes those. */
export const lintRules: readonly LintRule[] = [
  pragmaWithoutEffect,
  cascadingRebuild,
  notNullWithoutDefault,
  uniqueOverDuplicates,
  noWhere,
  dropWithRows,
  transactionControl,
  ifNotExists,
  incompleteDown,
];

/** The rule of this name, which may come from anybody. */
export function lintRuleNamed(name: unknown): LintRule | undefined {
  return lintRules.find((rule) => rule.name === name);
}
