import * as vscode from 'vscode';
import type { LintLevel, LintRule } from '../../core/lint/rule';
import { Disposables } from '../../workspace/disposables';
import type { Settings } from '../../workspace/settings';
import { rangeOf } from '../openPlace';
import { t } from '../translate';
import { appliedNote } from './appliedNote';
import { checkProblems, type FileProblem } from './checkProblems';
import type { FileChecks } from './fileChecks';
import { joinProblems } from './joinProblems';
import { lintCode } from './lintCode';
import { lintProblems } from './lintProblems';
import type { FileCheck } from './openFile';

const severities = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

/**
 * Underlines what would not work, while it is written. What is applied is not checked; where it is
 * edited all the same, that is said. A document that is closed has no problems: nobody keeps them in
 * step with the files before it.
 */
export class CheckDiagnostics {
  private readonly disposables = new Disposables();
  private readonly collection = this.disposables.add(
    vscode.languages.createDiagnosticCollection('lockstep.checks'),
  );

  constructor(
    private readonly checks: FileChecks,
    private readonly settings: Settings,
  ) {
    this.disposables.add(checks.onDidChange((document) => this.show(document)));
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private show(document: vscode.TextDocument): void {
    const problems = joinProblems(
      this.checks.of(document).map((check) => ({
        database: check.project.name,
        problems: this.problemsOf(check, document),
      })),
    );
    this.collection.set(
      document.uri,
      problems.map((problem) => toDiagnostic(problem, document)),
    );
  }

  private problemsOf(
    { result, place }: FileCheck,
    document: vscode.TextDocument,
  ): readonly FileProblem[] {
    if (place.kind === 'applied') {
      const note = appliedNote(place, document, t);
      return note ? [note] : [];
    }
    const file = document.uri.fsPath;
    const level = (rule: LintRule): LintLevel => this.settings.lint(rule, file);
    return result
      ? [...checkProblems(result, file, t), ...lintProblems(result.lint, file, level, t)]
      : [];
  }
}

function toDiagnostic(problem: FileProblem, document: vscode.TextDocument): vscode.Diagnostic {
  const { place, statement, message, severity, code, rule, because } = problem;
  const range = place ? rangeOf(document, place, statement) : document.lineAt(0).range;
  const diagnostic = new vscode.Diagnostic(range, message, severities[severity]);
  diagnostic.source = 'lockstep';
  diagnostic.code = rule ? lintCode(rule) : code;
  if (because?.file) {
    const top = new vscode.Location(vscode.Uri.file(because.file), new vscode.Position(0, 0));
    diagnostic.relatedInformation = [new vscode.DiagnosticRelatedInformation(top, because.id)];
  }
  return diagnostic;
}
