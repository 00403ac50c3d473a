import type { LintLevel, LintRule, LintWarning } from '../../core/lint/rule';
import { describeLint } from '../../messages/lint';
import type { Translate } from '../../messages/text';
import type { FileProblem } from './checkProblems';

/**
 * What bites in a migration, as loud as its settings say, as far as it stands in this file.
 *
 * @param level what the settings say of a rule
 */
export function lintProblems(
  warnings: readonly LintWarning[],
  file: string,
  level: (rule: LintRule) => LintLevel,
  t: Translate,
): FileProblem[] {
  return warnings
    .filter(({ place }) => place.file === file)
    .flatMap((warning) => {
      const severity = severityOf(warning, level(warning.rule));
      const { message, advice } = describeLint(warning, t);
      const { place, statement, rule } = warning;
      const text = [message, advice].filter(Boolean).join(' ');
      return severity ? [{ severity, message: text, place, statement, code: rule, rule }] : [];
    });
}

function severityOf(
  { harmless }: LintWarning,
  level: LintLevel,
): FileProblem['severity'] | undefined {
  if (level === 'off') {
    return undefined;
  }
  return level === 'info' || harmless ? 'information' : level;
}
