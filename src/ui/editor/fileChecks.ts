import * as vscode from 'vscode';
import { sqlName } from '../../core/formats/fileNames';
import { Disposables } from '../../workspace/disposables';
import type { ProjectRegistry } from '../../workspace/projectRegistry';
import type { ProjectRevisions } from '../../workspace/projectRevisions';
import type { Settings } from '../../workspace/settings';
import type { FileCheck } from './openFile';
import { OpenFile } from './openFile';

/** Milliseconds after the last key. */
const quietMs = 150;
/** What changes together, as a folder does with a branch, is answered once. */
const settleMs = 30;
/** UTF-16 units. Larger texts are sent nowhere: nobody edits them by hand. */
const largest = 5 * 1024 * 1024;

/**
 * What the texts in the editors would do, saved or not: the one model of the views that help while
 * somebody writes a migration. Documents without a file on disk, or of no project, have no part in it.
 */
export class FileChecks {
  private readonly disposables = new Disposables();
  private readonly files = new Map<string, OpenFile>();
  private readonly changed = this.disposables.add(new vscode.EventEmitter<vscode.TextDocument>());

  /** Fired with a document after what is known of it, or whether it is saved, has changed. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly registry: ProjectRegistry,
    private readonly revisions: ProjectRevisions,
    private readonly settings: Settings,
  ) {
    const { workspace, window } = vscode;
    const keep = <T extends vscode.Disposable>(listener: T): T => this.disposables.add(listener);
    keep(revisions.onDidChange(() => this.refresh()));
    keep(workspace.onDidOpenTextDocument((document) => this.open(document)));
    keep(workspace.onDidCloseTextDocument((document) => this.close(document)));
    keep(workspace.onDidChangeTextDocument((event) => this.edited(event)));
    keep(window.onDidChangeVisibleTextEditors((editors) => this.shown(editors)));
    keep(workspace.onDidGrantWorkspaceTrust(() => this.checkAll()));
    keep(
      workspace.onDidChangeConfiguration(
        (event) => event.affectsConfiguration('lockstep') && this.checkAll(),
      ),
    );
    workspace.textDocuments.forEach((document) => this.open(document));
  }

  /** One for each project that the document is a file of; empty for all other documents. */
  of({ uri }: Pick<vscode.TextDocument, 'uri'>): readonly FileCheck[] {
    return this.files.get(uri.toString())?.checks ?? [];
  }

  dispose(): void {
    this.files.forEach((file) => file.dispose());
    this.files.clear();
    this.disposables.dispose();
  }

  private open(document: vscode.TextDocument): void {
    if (document.uri.scheme !== 'file' || !sqlName.test(document.uri.path)) {
      return;
    }
    const world = {
      projectsOf: (file: string) => this.registry.projectsOf(file),
      revision: (project: Parameters<ProjectRevisions['of']>[0]) => this.revisions.of(project),
      isChecked: ({ uri }: vscode.TextDocument) =>
        this.settings.liveCheck(uri.fsPath) && !isLarge(document),
    };
    const file = new OpenFile(document, world, () => this.changed.fire(document));
    this.files.get(document.uri.toString())?.dispose();
    this.files.set(document.uri.toString(), file);
    file.request(0);
  }

  private close({ uri }: vscode.TextDocument): void {
    const file = this.files.get(uri.toString());
    if (file) {
      this.files.delete(uri.toString());
      file.dispose();
      this.changed.fire(file.document);
    }
  }

  private edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const file = this.files.get(document.uri.toString());
    if (file && contentChanges.length > 0) {
      file.request(quietMs);
    }
    // What was found in the text as it was is moved along by the editor until the next check.
    if (file?.checks.every(({ result }) => !result)) {
      this.changed.fire(document);
    }
  }

  /** A database may have got other rows since the last look at its files. */
  private shown(editors: readonly vscode.TextEditor[]): void {
    for (const { document } of editors) {
      this.files.get(document.uri.toString())?.request(0);
    }
  }

  private refresh(): void {
    this.inOrder.forEach((file) => file.refresh(settleMs));
  }

  private checkAll(): void {
    this.inOrder.forEach((file) => file.request(settleMs));
  }

  /** What is on the screen first: checks are answered one by one. */
  private get inOrder(): readonly OpenFile[] {
    const visible = new Set(vscode.window.visibleTextEditors.map(({ document }) => document));
    const files = [...this.files.values()];
    const isVisible = ({ document }: OpenFile): boolean => visible.has(document);
    return [...files.filter(isVisible), ...files.filter((file) => !isVisible(file))];
  }
}

/** Told by the last line, so that nothing is counted in a text of many megabytes. */
function isLarge(document: vscode.TextDocument): boolean {
  const last = document.lineAt(document.lineCount - 1);
  return document.offsetAt(last.range.end) > largest;
}
