import type { LintWarning } from '../core/lint/rule';
import { lintRuleNamed } from '../core/lint/rules';
import { sanitizeLine, type Sentence, type Translate } from './text';

/** What is dangerous in a migration, and what to do about it; each rule says it in its own words. */
export function describeLint({ rule, params }: LintWarning, t: Translate): Sentence {
  const text = (name: string): string => sanitizeLine(String(params[name] ?? '?'), 200);
  const rows = Number(params.rows ?? -1);
  return lintRuleNamed(rule)?.describe(text, rows, t) ?? { message: sanitizeLine(rule) };
}
