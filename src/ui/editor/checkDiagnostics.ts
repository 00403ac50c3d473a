import * as vscode from 'vscode';
import type { LintLevel } from '../../core/lint/rule';
import { lintRuleNamed } from '../../core/lint/rules';
import { Disposables } from '../../workspace/disposables';
import type { Settings } from '../../workspace/settings';
import { rangeOf } from '../openPlace';
import {
  appliedNote,
  checkProblems,
  type FileProblem,
  joinProblems,
  lintProblems,
} from '../presentation/problems';
import { t } from '../translate';
import type { FileCheck, FileChecks } from './fileChecks';

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
    { result, role }: FileCheck,
    document: vscode.TextDocument,
  ): readonly FileProblem[] {
    if (role.kind === 'applied') {
      const note = appliedNote(role, document, t);
      return note ? [note] : [];
    }
    const file = document.uri.fsPath;
    const level = (rule: string): LintLevel => this.settings.lint(rule, file);
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

/**
 * Opens the page on lint rules that ships with the extension.
 * @param rule the rule to open it at, from anybody; anything else opens it at its top
 */
export async function explainLint(rule: unknown): Promise<void> {
  const { extensionUri } = vscode.extensions.getExtension('lockstep.lockstep')!;
  const page = vscode.Uri.joinPath(extensionUri, 'docs', 'lint.md');
  const heading = lintRuleNamed(rule)?.name;
  const commands = await vscode.commands.getCommands(true);
  if (commands.includes('markdown.showPreview')) {
    const fragment = heading ?? '';
    await vscode.commands.executeCommand('markdown.showPreview', page.with({ fragment }));
  } else {
    await showText(page, heading); // VS Code's own Markdown extension is switched off
  }
}

async function showText(page: vscode.Uri, heading?: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(page);
  const at = heading ? document.getText().search(new RegExp(`^## ${heading}\\r?$`, 'm')) : 0;
  const place = document.positionAt(Math.max(0, at));
  const selection = new vscode.Range(place, place);
  const editor = await vscode.window.showTextDocument(document, { selection });
  editor.revealRange(selection, vscode.TextEditorRevealType.AtTop);
}

/** What stands behind a lint's sentence in an editor: the rule's name, which opens its section of docs/lint.md. */
function lintCode(rule: string): { value: string; target: vscode.Uri } {
  const query = encodeURIComponent(JSON.stringify([rule]));
  return { value: rule, target: vscode.Uri.parse(`command:lockstep.explainLint?${query}`) };
}
