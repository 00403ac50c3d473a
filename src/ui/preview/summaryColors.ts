import * as vscode from 'vscode';
import { Disposables } from '../../workspace/disposables';
import { previewScheme, type PreviewDocuments } from './previewDocuments';
import type { SummaryLine } from './summary';

type Tone = NonNullable<SummaryLine['tone']> | 'plain';

/**
 * Lets a summary look like one: as comments, which it is, it would be the palest of all. Colours only:
 * a font weight makes the diff editor drop the whole decoration.
 */
export class SummaryColors {
  private readonly disposables = new Disposables();
  private readonly tones: Readonly<Record<Tone, vscode.TextEditorDecorationType>> = {
    plain: this.tone('editor.foreground'),
    loss: this.tone('list.warningForeground'),
    failure: this.tone('list.errorForeground'),
  };

  constructor(private readonly documents: PreviewDocuments) {
    this.disposables.add(vscode.window.onDidChangeVisibleTextEditors(() => this.paint()));
    this.disposables.add(
      vscode.workspace.onDidChangeTextDocument(
        ({ document }) => document.uri.scheme === previewScheme && this.paint(),
      ),
    );
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private tone(color: string): vscode.TextEditorDecorationType {
    return this.disposables.add(
      vscode.window.createTextEditorDecorationType({
        color: new vscode.ThemeColor(color),
      }),
    );
  }

  private paint(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const { document } = editor;
      if (document.uri.scheme === previewScheme) {
        const lines = this.documents.summaryOf(document.uri);
        for (const [tone, type] of Object.entries(this.tones)) {
          const ranges = lines.flatMap((line, number) =>
            (line.tone ?? 'plain') === tone ? [new vscode.Range(number, 0, number, 1000)] : [],
          );
          editor.setDecorations(type, ranges);
        }
      }
    }
  }
}
