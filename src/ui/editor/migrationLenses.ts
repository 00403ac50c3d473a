import * as vscode from 'vscode';
import { dbmateMarkers } from '../../core/formats/dbmate';
import type { Direction } from '../../core/model';
import { sanitizeLine } from '../../messages/text';
import { Disposables } from '../../workspace/disposables';
import type { Project } from '../../workspace/project';
import type { ProjectRegistry } from '../../workspace/projectRegistry';
import type { ProjectRevisions } from '../../workspace/projectRevisions';
import { lensTexts, migrationOf } from '../presentation/lensTexts';
import { escapeIconsAndLinks } from '../presentation/text';
import { t } from '../translate';
import { readableText } from './fileChecks';

/** What can be done with a migration, above its up and its down section. */
export class MigrationLenses implements vscode.CodeLensProvider {
  private readonly disposables = new Disposables();
  private readonly changed = this.disposables.add(new vscode.EventEmitter<void>());

  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(
    private readonly registry: ProjectRegistry,
    revisions: ProjectRevisions,
  ) {
    this.disposables.add(revisions.onDidChange(() => this.changed.fire()));
    this.disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.changed.fire()));
    this.disposables.add(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        // Saved, or not any more. For another text the editor asks by itself.
        if (contentChanges.length === 0 && registry.projectsOf(document.uri.fsPath).length > 0) {
          this.changed.fire();
        }
      }),
    );
  }

  dispose(): void {
    this.disposables.dispose();
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const projects = this.registry.projectsOf(document.uri.fsPath);
    return projects.flatMap((project) => lensesOf(project, document, projects.length > 1));
  }
}

const saveCommand = 'workbench.action.files.save';

function lensesOf(
  project: Project,
  document: vscode.TextDocument,
  named: boolean,
): vscode.CodeLens[] {
  const found = migrationOf(project, document.uri.fsPath);
  if (!found) {
    return [];
  }
  const { role, direction } = found;
  const can = { run: vscode.workspace.isTrusted, use: !document.isDirty };
  return sectionsOf(project, document, direction).flatMap((section) =>
    lensTexts(project.state, role, section.direction, can, t).map(
      ({ title, command = '', migration }, index) =>
        new vscode.CodeLens(section.range, {
          title:
            named && index === 0
              ? `${escapeIconsAndLinks(sanitizeLine(project.name))}: ${title}`
              : title,
          command: command === 'save' ? saveCommand : command && `lockstep.${command}`,
          arguments: [{ project, migration }],
        }),
    ),
  );
}

/** The first of each kind; in plain files the whole is one. */
function sectionsOf(
  { state }: Project,
  document: vscode.TextDocument,
  direction: Direction,
): { readonly direction: Direction; readonly range: vscode.Range }[] {
  if (state.status?.format !== 'dbmate') {
    return [{ direction, range: new vscode.Range(0, 0, 0, 0) }];
  }
  const markers = dbmateMarkers(readableText(document) ?? '');
  return (['up', 'down'] as const).flatMap((wanted) => {
    const marker = markers.find((one) => one.direction === wanted);
    const position = marker && document.positionAt(marker.start);
    return position ? [{ direction: wanted, range: new vscode.Range(position, position) }] : [];
  });
}
