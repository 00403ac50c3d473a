import * as vscode from 'vscode';
import { lintRules } from '../../core/lint/lintWarning';

/**
 * Opens the README where it says what a lint rule is for.
 * @param rule its name, from anybody; without one the section is opened
 */
export async function explainLint(rule: unknown): Promise<void> {
  const fragment = lintRules.find((name) => name === rule) ?? 'lint';
  const readme = await readmeUri(vscode.extensions.getExtension('lockstep.lockstep')!.extensionUri);
  await vscode.commands.executeCommand('markdown.showPreview', readme.with({ fragment }));
}

/** Packaging may have changed its name to lower case. */
async function readmeUri(folder: vscode.Uri): Promise<vscode.Uri> {
  const names = (await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name);
  const name = names.find((each) => each.toLowerCase() === 'readme.md') ?? 'README.md';
  return vscode.Uri.joinPath(folder, name);
}
