import * as vscode from 'vscode';
import type { LintLevel, LintRule, LintWarning } from '../../core/lint/lintWarning';

/** What stands behind a lint's sentence in an editor: the rule's name, which opens its part of the README. */
export function lintCode(rule: LintRule): { value: string; target: vscode.Uri } {
  const query = encodeURIComponent(JSON.stringify([rule]));
  return { value: rule, target: vscode.Uri.parse(`command:lockstep.explainLint?${query}`) };
}

/** @returns undefined where it is not to be shown */
export function lintSeverity(
  { harmless }: LintWarning,
  level: LintLevel,
): vscode.DiagnosticSeverity | undefined {
  switch (level) {
    case 'off':
      return undefined;
    case 'info':
      return vscode.DiagnosticSeverity.Information;
    case 'warning':
    case 'error':
      return harmless
        ? vscode.DiagnosticSeverity.Information
        : level === 'error'
          ? vscode.DiagnosticSeverity.Error
          : vscode.DiagnosticSeverity.Warning;
  }
}
