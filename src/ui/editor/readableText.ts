import type * as vscode from 'vscode';

/** UTF-16 units; reading more of it token by token could be felt in the extension host. */
const largest = 512 * 1024;

/** A document's text where it is small enough to be read at once. */
export function readableText(document: vscode.TextDocument): string | undefined {
  const { end } = document.lineAt(document.lineCount - 1).range;
  return document.offsetAt(end) > largest ? undefined : document.getText();
}
