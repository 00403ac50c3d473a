import * as vscode from 'vscode';
import type { Project } from '../../workspace/project';

/**
 * Saves what is being written in a project's folders, as VS Code does before it runs a task: a run and
 * a preview read the files. What has been applied stays as it is; it does not run again.
 */
export async function saveMigrations(project: Project): Promise<void> {
  const unsaved = vscode.workspace.textDocuments.filter(
    ({ isDirty, uri }) => isDirty && uri.scheme === 'file' && mayRun(project, uri.fsPath),
  );
  await Promise.all(unsaved.map((document) => document.save()));
}

function mayRun(project: Project, file: string): boolean {
  const place = project.place(file);
  return place !== undefined && place.kind !== 'applied';
}
