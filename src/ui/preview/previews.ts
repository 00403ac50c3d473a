import * as vscode from 'vscode';
import type { Rehearsal } from '../../core/rehearsal/rehearsal';
import { Disposables } from '../../workspace/disposables';
import type { SummaryLine } from '../presentation/summary';
import {
  Preview,
  PreviewDocuments,
  previewScheme,
  type PreviewSubject,
  previewUri,
} from './preview';

type Tone = NonNullable<SummaryLine['tone']> | 'plain';

/**
 * Lets a summary look like one: as comments, which it is, it would be the palest of all. Colours only:
 * a font weight makes the diff editor drop the whole decoration.
 */
class SummaryColors {
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

/** The previews that are open in this window. */
export class Previews {
  private readonly disposables = new Disposables();
  private readonly documents = this.disposables.add(new PreviewDocuments());
  /** By the address of what is on the right. */
  private readonly open = new Map<string, Preview>();

  constructor() {
    const { documents } = this;
    this.disposables.add(
      vscode.workspace.registerTextDocumentContentProvider(previewScheme, documents),
    );
    this.disposables.add(
      vscode.languages.registerDocumentLinkProvider({ scheme: previewScheme }, documents),
    );
    this.disposables.add(new SummaryColors(documents));
    this.disposables.add(
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        closed.map(previewOf).forEach((address) => this.close(address));
      }),
    );
  }

  /** Shows what a rehearsal found. */
  async show(subject: PreviewSubject, rehearsal: Rehearsal): Promise<void> {
    const address = previewUri(subject, 'after').toString();
    const known = this.open.get(address);
    if (known?.project === subject.project) {
      return known.show(rehearsal);
    }
    known?.dispose();
    const preview = new Preview(subject, this.documents);
    this.open.set(address, preview);
    await preview.show(rehearsal);
  }

  /** What an editor shows a preview of. */
  subjectOf(uri: vscode.Uri): PreviewSubject | undefined {
    return this.open.get(uri.toString());
  }

  dispose(): void {
    this.open.forEach((preview) => preview.dispose());
    this.disposables.dispose();
  }

  /** Nobody sees it any more, unless it is open in another group. */
  private close(address: string | undefined): void {
    const tabs = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs);
    if (address !== undefined && !tabs.some((tab) => previewOf(tab) === address)) {
      this.open.get(address)?.dispose();
      this.open.delete(address);
    }
  }
}

function previewOf({ input }: vscode.Tab): string | undefined {
  return input instanceof vscode.TabInputTextDiff && input.modified.scheme === previewScheme
    ? input.modified.toString()
    : undefined;
}
