import * as vscode from 'vscode';
import { t } from '../translate';
import type { SummaryLine } from './summary';

export const previewScheme = 'lockstep-preview';

interface Content {
  readonly text: string;
  /** What its first lines are made of. */
  readonly summary: readonly SummaryLine[];
}

/** The texts of previews that are open. They are read-only and on no disk. */
export class PreviewDocuments
  implements vscode.TextDocumentContentProvider, vscode.DocumentLinkProvider
{
  private readonly contents = new Map<string, Content>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  /** @param summary stands above the text, as comments */
  set(uri: vscode.Uri, summary: readonly SummaryLine[], text: string): void {
    const comments = summary
      .map(({ text: line }) => `-- ${line.replace(/[\r\n]+/g, ' ')}`.trimEnd())
      .join('\n');
    this.contents.set(uri.toString(), {
      text: [comments, text].filter(Boolean).join('\n\n'),
      summary,
    });
    this.changed.fire(uri);
  }

  /** Frees what nobody sees any more. */
  delete(uri: vscode.Uri): void {
    this.contents.delete(uri.toString());
  }

  /** The first lines of a document. */
  summaryOf(uri: vscode.Uri): readonly SummaryLine[] {
    return this.contents.get(uri.toString())?.summary ?? [];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const ended = t('This preview is over. Run “Lockstep: Preview Pending Migrations” again.');
    return this.contents.get(uri.toString())?.text ?? `-- ${ended}\n`;
  }

  provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
    return this.summaryOf(document.uri).flatMap(({ link }, number) => {
      const start = link ? document.lineAt(number).text.indexOf(link.text) : -1;
      if (!link || start < 0) {
        return [];
      }
      const range = new vscode.Range(number, start, number, start + link.text.length);
      const fragment = link.line === undefined ? '' : `L${link.line},${link.column ?? 1}`;
      return [new vscode.DocumentLink(range, vscode.Uri.file(link.file).with({ fragment }))];
    });
  }

  dispose(): void {
    this.contents.clear();
    this.changed.dispose();
  }
}
