import * as vscode from 'vscode';
import type { ErrorInfo } from '../core/errors';
import { describeError } from '../messages/describeError';
import { Disposables } from '../workspace/disposables';
import type { Project } from '../workspace/project';
import type { ProjectRegistry } from '../workspace/projectRegistry';
import { rangeOf } from './openPlace';
import { t } from './translate';

/** Underlines the statement at which the last run failed, until its file or the result changes. */
export class FailureDiagnostics {
  private readonly disposables = new Disposables();
  private readonly collection = this.disposables.add(
    vscode.languages.createDiagnosticCollection('lockstep.failures'),
  );
  /** What each project's last run failed with, as far as it is shown. */
  private readonly shown = new Map<Project, ErrorInfo>();

  constructor(private readonly registry: ProjectRegistry) {
    this.disposables.add(registry.onDidChange((project) => this.update(project)));
    this.disposables.add(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) {
          this.collection.delete(document.uri);
        }
      }),
    );
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private update(project: Project | undefined): void {
    const gone = [...this.shown.keys()].filter((other) => !this.registry.projects.includes(other));
    gone.forEach((other) => this.clear(other));
    const error = project?.state.lastResult?.error;
    if (!project || error === this.shown.get(project)) {
      return;
    }
    this.clear(project);
    if (error?.place) {
      this.shown.set(project, error);
      // A file that has gone, or is too large for an editor, cannot be underlined.
      this.show(project, error).catch(() => undefined);
    }
  }

  private clear(project: Project): void {
    const place = this.shown.get(project)?.place;
    this.shown.delete(project);
    if (place) {
      this.collection.delete(vscode.Uri.file(place.file));
    }
  }

  private async show(project: Project, error: ErrorInfo): Promise<void> {
    const { place, ...unplaced } = error;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(place!.file));
    if (this.shown.get(project) !== error) {
      return;
    }
    const { statement } = error.params;
    const diagnostic = new vscode.Diagnostic(
      rangeOf(document, place!, typeof statement === 'string' ? statement : undefined),
      describeError(unplaced, t).message,
    );
    diagnostic.source = 'lockstep';
    diagnostic.code = error.code;
    this.collection.set(document.uri, [diagnostic]);
  }
}
