import * as vscode from 'vscode';
import type { Rehearsal } from '../../core/rehearsal/rehearsal';
import { Disposables } from '../../workspace/disposables';
import { Preview, previewUri, type PreviewSubject } from './preview';
import { PreviewDocuments, previewScheme } from './previewDocuments';
import { SummaryColors } from './summaryColors';

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
