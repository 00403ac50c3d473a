import * as vscode from 'vscode';
import { sqlGlob } from '../../core/formats/fileNames';
import { Disposables } from '../../workspace/disposables';
import type { ProjectRegistry } from '../../workspace/projectRegistry';
import { ProjectRevisions } from '../../workspace/projectRevisions';
import type { Settings } from '../../workspace/settings';
import { CheckDiagnostics } from './checkDiagnostics';
import { NameCompletion, TableHover } from './completion';
import { FailureDiagnostics } from './failureDiagnostics';
import { FileBadges } from './fileBadges';
import { FileChecks } from './fileChecks';
import { MigrationLenses } from './migrationLenses';

const files: vscode.DocumentSelector = { scheme: 'file', pattern: `**/${sqlGlob}` };

/** What a person sees in and beside the file of a migration. */
export class EditorViews {
  private readonly disposables = new Disposables();

  constructor(registry: ProjectRegistry, settings: Settings) {
    const keep = <T extends vscode.Disposable>(part: T): T => this.disposables.add(part);
    const { languages, window } = vscode;
    const revisions = keep(new ProjectRevisions(registry));
    const checks = keep(new FileChecks(registry, revisions, settings));
    keep(new CheckDiagnostics(checks, settings));
    keep(new FailureDiagnostics(registry, checks));
    keep(languages.registerHoverProvider(files, new TableHover(checks)));
    keep(languages.registerCompletionItemProvider(files, new NameCompletion(checks), '.'));
    keep(languages.registerCodeLensProvider(files, keep(new MigrationLenses(registry, revisions))));
    keep(window.registerFileDecorationProvider(keep(new FileBadges(registry, revisions))));
  }

  dispose(): void {
    this.disposables.dispose();
  }
}
