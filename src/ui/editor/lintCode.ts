import * as vscode from 'vscode';
import type { LintRule } from '../../core/lint/rule';

/** What stands behind a lint's sentence in an editor: the rule's name, which opens its part of the README. */
export function lintCode(rule: LintRule): { value: string; target: vscode.Uri } {
  const query = encodeURIComponent(JSON.stringify([rule]));
  return { value: rule, target: vscode.Uri.parse(`command:lockstep.explainLint?${query}`) };
}
