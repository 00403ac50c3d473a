import * as vscode from 'vscode';
import type { MigrationRef } from '../../core/model';
import { Disposables } from '../../workspace/disposables';
import type { Project } from '../../workspace/project';
import { t } from '../translate';

const driftScheme = 'lockstep-drift';

interface Document {
  readonly text: string;
  readonly project: Project;
  readonly migration?: MigrationRef;
}

/** The texts that are compared with files, or with each other. They are read-only and on no disk. */
export class DriftDocuments implements vscode.TextDocumentContentProvider {
  private readonly disposables = new Disposables();
  private readonly documents = new Map<string, Document>();
  private readonly changed = this.disposables.add(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.changed.event;

  constructor() {
    this.disposables.add(vscode.workspace.registerTextDocumentContentProvider(driftScheme, this));
    this.disposables.add(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.documents.delete(uri.toString())),
    );
  }

  /**
   * @param kind by which menus of the manifest are chosen
   * @param name of the text, as its editor shows it; one text a name and project
   */
  put(kind: 'edited' | 'schema', name: string, document: Document): vscode.Uri {
    const path = `/${kind}/${name.replace(/[\\/]/g, '-')}.sql`;
    const uri = vscode.Uri.from({ scheme: driftScheme, path, query: document.project.key });
    this.documents.set(uri.toString(), document);
    this.changed.fire(uri);
    return uri;
  }

  /** What a text is about. */
  subjectOf(uri: vscode.Uri): Pick<Document, 'project' | 'migration'> | undefined {
    return this.documents.get(uri.toString());
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const text = this.documents.get(uri.toString())?.text;
    return text ?? `-- ${t('This comparison is over; open it again.')}\n`;
  }

  dispose(): void {
    this.documents.clear();
    this.disposables.dispose();
  }
}
