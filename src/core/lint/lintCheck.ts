import type { LintData } from './lintData';
import type { LintedScript, LintedStatement } from './lintedScript';
import type { LintParams, LintRule } from './lintWarning';

export interface LintFinding {
  readonly params: LintParams;
  readonly harmless?: boolean;
}

/** One rule. Where it cannot be sure it finds nothing: false alarms are worse than misses. */
export interface LintCheck {
  readonly rule: LintRule;
  /** @param data absent where the statement was not reached */
  check(
    at: LintedStatement,
    script: LintedScript,
    data: LintData | undefined,
  ): LintFinding | undefined;
}
