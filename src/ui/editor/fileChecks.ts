import * as vscode from 'vscode';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { sqlName } from '../../core/formats/fileNames';
import type { CheckResult } from '../../core/rehearsal/rehearsal';
import { Disposables } from '../../workspace/disposables';
import type { Project } from '../../workspace/project';
import type { ProjectRegistry } from '../../workspace/projectRegistry';
import type { ProjectRevisions } from '../../workspace/projectRevisions';
import type { FileRole } from '../../workspace/projectState';
import type { Settings } from '../../workspace/settings';
import { type KnownTable, knownTables } from '../presentation/tableNames';

/** What is known of an open document, as a file of one project. */
export interface FileCheck {
  readonly project: Project;
  readonly role: FileRole;
  /** Absent until the first check, and of what is not checked: what is applied, what is too large. */
  readonly result?: CheckResult;
  readonly tables: readonly KnownTable[];
}

/** What an open document's checks depend on. */
interface CheckContext {
  projectsOf(file: string): readonly Project[];
  /** Another number after each change. */
  revision(project: Project): number;
  isChecked(document: vscode.TextDocument): boolean;
}

/** Has one open document checked when it changes or what it is checked against does. */
class OpenFile {
  /** One for each project that it is a file of. */
  checks: readonly FileCheck[] = [];
  private basis = '';
  private timer?: NodeJS.Timeout;
  private cancellation?: CancellationTokenSource;

  constructor(
    readonly document: vscode.TextDocument,
    private readonly context: CheckContext,
    private readonly changed: () => void,
  ) {}

  /** Checks it again when it has been left alone for a while. @param delay milliseconds */
  request(delay: number): void {
    this.cancel();
    this.timer = setTimeout(() => void this.check(), delay);
  }

  /** Checks it again where what it is checked against has changed. @param delay milliseconds */
  refresh(delay: number): void {
    if (this.basisOf(this.projects) !== this.basis) {
      this.request(delay);
    }
  }

  dispose(): void {
    this.cancel();
    this.checks = [];
  }

  private get projects(): readonly Project[] {
    return this.context.projectsOf(this.document.uri.fsPath);
  }

  private cancel(): void {
    clearTimeout(this.timer);
    this.cancellation?.cancel();
    this.cancellation = undefined;
  }

  private async check(): Promise<void> {
    const cancellation = (this.cancellation = new CancellationTokenSource());
    const { projects } = this;
    this.basis = this.basisOf(projects);
    const checks: FileCheck[] = [];
    for (const project of projects) {
      const check = await this.checkFor(project, cancellation.token);
      if (cancellation.token.isCancellationRequested) {
        return;
      }
      checks.push(...(check ? [check] : []));
    }
    if (checks.length > 0 || this.checks.length > 0) {
      this.checks = checks;
      this.changed();
    }
  }

  private async checkFor(
    project: Project,
    token: CancellationTokenSource['token'],
  ): Promise<FileCheck | undefined> {
    const { document, context } = this;
    const file = document.uri.fsPath;
    const last = this.checks.find((check) => check.project === project);
    const role = project.roleOf(file);
    if (!role) {
      return undefined;
    }
    const unchecked = { project, role, tables: [] };
    if (role.kind === 'applied' || !context.isChecked(document)) {
      return unchecked;
    }
    if (project.isRunning) {
      return last; // its database is being changed; the end of that is another state
    }
    try {
      const result = await project.check(file, document.getText(), token);
      return { project, role, result, tables: knownTables(result, last?.tables) };
    } catch {
      return unchecked; // what is wrong with the target is said by the tree
    }
  }

  private basisOf(projects: readonly Project[]): string {
    const revisions = projects.map((project) => `${project.key} ${this.context.revision(project)}`);
    return [this.context.isChecked(this.document), ...revisions].join('\n');
  }
}

/** Milliseconds after the last key. */
const typingDelayMs = 150;
/** What changes together, as a folder does with a branch, is answered once. */
const settleMs = 30;
/** UTF-16 units. Larger texts are sent nowhere: nobody edits them by hand. */
const largestChecked = 5 * 1024 * 1024;

/**
 * What the texts in the editors would do, saved or not: the one model of the views that help while
 * somebody writes a migration. Documents without a file on disk, or of no project, have no part in it.
 */
export class FileChecks {
  private readonly disposables = new Disposables();
  private readonly files = new Map<string, OpenFile>();
  private readonly changed = this.disposables.add(new vscode.EventEmitter<vscode.TextDocument>());

  private readonly context: CheckContext = {
    projectsOf: (file) => this.registry.projectsOf(file),
    revision: (project) => this.revisions.of(project),
    isChecked: (document) =>
      this.settings.liveCheck(document.uri.fsPath) && lengthOf(document) <= largestChecked,
  };

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
    keep(workspace.onDidChangeTextDocument((event) => this.textChanged(event)));
    keep(window.onDidChangeVisibleTextEditors((editors) => this.visibleChanged(editors)));
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
    const file = new OpenFile(document, this.context, () => this.changed.fire(document));
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

  private textChanged({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const file = this.files.get(document.uri.toString());
    if (file && contentChanges.length > 0) {
      file.request(typingDelayMs);
    }
    // What was found in the text as it was is moved along by the editor until the next check.
    if (file?.checks.every(({ result }) => !result)) {
      this.changed.fire(document);
    }
  }

  /** A database may have other rows since its files were last shown. */
  private visibleChanged(editors: readonly vscode.TextEditor[]): void {
    for (const { document } of editors) {
      this.files.get(document.uri.toString())?.request(0);
    }
  }

  private refresh(): void {
    this.visibleFirst.forEach((file) => file.refresh(settleMs));
  }

  private checkAll(): void {
    this.visibleFirst.forEach((file) => file.request(settleMs));
  }

  /** What is on the screen first: checks are answered one by one. */
  private get visibleFirst(): readonly OpenFile[] {
    const visible = new Set(vscode.window.visibleTextEditors.map(({ document }) => document));
    const files = [...this.files.values()];
    const isVisible = ({ document }: OpenFile): boolean => visible.has(document);
    return [...files.filter(isVisible), ...files.filter((file) => !isVisible(file))];
  }
}

/** UTF-16 units; reading more token by token could be felt in the extension host. */
const largestRead = 512 * 1024;

/** A document's text where it is small enough to be read at once. */
export function readableText(document: vscode.TextDocument): string | undefined {
  return lengthOf(document) > largestRead ? undefined : document.getText();
}

/** Found without making one string of a text of many megabytes. */
function lengthOf(document: vscode.TextDocument): number {
  return document.offsetAt(document.lineAt(document.lineCount - 1).range.end);
}
