import * as vscode from 'vscode';
import { lintRules } from '../../core/lint/rule';

/**
 * Opens the README where it says what a lint rule is for.
 * @param rule its name, from anybody; without one the section is opened
 */
export async function explainLint(rule: unknown): Promise<void> {
  const heading = lintRules.find((name) => name === rule) ?? 'lint';
  const readme = await readmeUri(vscode.extensions.getExtension('lockstep.lockstep')!.extensionUri);
  const commands = await vscode.commands.getCommands(true);
  if (commands.includes('markdown.showPreview')) {
    const fragment = heading;
    await vscode.commands.executeCommand('markdown.showPreview', readme.with({ fragment }));
  } else {
    await showText(readme, heading); // VS Code's own Markdown extension is switched off
  }
}

async function showText(readme: vscode.Uri, heading: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(readme);
  const at = document.getText().search(new RegExp(`^#+ ${heading}\\r?$`, 'im'));
  const place = document.positionAt(Math.max(0, at));
  const selection = new vscode.Range(place, place);
  const editor = await vscode.window.showTextDocument(document, { selection });
  editor.revealRange(selection, vscode.TextEditorRevealType.AtTop);
}

/** Packaging may have changed its name to lower case. */
async function readmeUri(folder: vscode.Uri): Promise<vscode.Uri> {
  const names = (await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name);
  const name = names.find((each) => each.toLowerCase() === 'readme.md') ?? 'README.md';
  return vscode.Uri.joinPath(folder, name);
}
