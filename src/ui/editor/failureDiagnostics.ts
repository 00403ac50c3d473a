import * as vscode from 'vscode';
import type { ErrorInfo } from '../../core/errors';
import { describeError } from '../../messages/describeError';
import { Disposables } from '../../workspace/disposables';
import type { Project } from '../../workspace/project';
import type { ProjectRegistry } from '../../workspace/projectRegistry';
import { rangeOf } from '../openPlace';
import { t } from '../translate';
import type { FileChecks } from './fileChecks';

interface Failure {
  readonly error: ErrorInfo;
  /** Once its file has been opened. */
  readonly underlined?: {
    readonly document: vscode.TextDocument;
    readonly diagnostic: vscode.Diagnostic;
  };
}

/**
 * Underlines the statement at which the last run failed, until its file or the result changes; not
 * where the check of the file's text has underlined it already.
 */
export class FailureDiagnostics {
  private readonly disposables = new Disposables();
  private readonly collection = this.disposables.add(
    vscode.languages.createDiagnosticCollection('lockstep.failures'),
  );
  /** What each project's last run failed with, as far as it is shown. */
  private readonly shown = new Map<Project, Failure>();

  constructor(
    private readonly registry: ProjectRegistry,
    private readonly checks: FileChecks,
  ) {
    this.disposables.add(registry.onDidChange((project) => this.update(project)));
    this.disposables.add(checks.onDidChange((document) => this.render(document.uri)));
    this.disposables.add(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) {
          this.forget(document.uri);
        }
      }),
    );
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private update(project: Project | undefined): void {
    const closed = [...this.shown.keys()].filter(
      (other) => !this.registry.projects.includes(other),
    );
    closed.forEach((other) => this.clear(other));
    const error = project?.state.lastResult?.error;
    if (!project || error === this.shown.get(project)?.error) {
      return;
    }
    this.clear(project);
    if (error?.place) {
      this.shown.set(project, { error });
      // A file that was deleted, or is too large for an editor, cannot be underlined.
      this.underline(project, error).catch(() => undefined);
    }
  }

  private clear(project: Project): void {
    const place = this.shown.get(project)?.error.place;
    this.shown.delete(project);
    if (place) {
      this.render(vscode.Uri.file(place.file));
    }
  }

  /** The text has changed: neither is it known where the statement is now, nor whether it is fixed. */
  private forget(uri: vscode.Uri): void {
    for (const [project, { error, underlined }] of this.shown) {
      if (underlined?.document.uri.toString() === uri.toString()) {
        this.shown.set(project, { error });
      }
    }
    this.collection.delete(uri);
  }

  private async underline(project: Project, error: ErrorInfo): Promise<void> {
    const { place, ...unplaced } = error;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(place!.file));
    if (this.shown.get(project)?.error !== error) {
      return;
    }
    const { statement } = error.params;
    const diagnostic = new vscode.Diagnostic(
      rangeOf(document, place!, typeof statement === 'string' ? statement : undefined),
      describeError(unplaced, t).message,
    );
    diagnostic.source = 'lockstep';
    diagnostic.code = error.code;
    this.shown.set(project, { error, underlined: { document, diagnostic } });
    this.render(document.uri);
  }

  private render(uri: vscode.Uri): void {
    const here = [...this.shown].flatMap(([project, { underlined }]) =>
      underlined?.document.uri.toString() === uri.toString() && !this.isChecked(project, underlined)
        ? [underlined.diagnostic]
        : [],
    );
    this.collection.set(uri, here);
  }

  /** Whether the check found that the same statement fails. */
  private isChecked(
    project: Project,
    { document, diagnostic }: Required<Failure>['underlined'],
  ): boolean {
    const { line, character } = diagnostic.range.start;
    return this.checks
      .of(document)
      .filter((check) => check.project === project)
      .flatMap(({ result }) => result?.problems ?? [])
      .some((problem) => {
        const place = problem.kind === 'fails' ? problem.error.place : undefined;
        return place?.line === line + 1 && place.column === character + 1;
      });
  }
}
