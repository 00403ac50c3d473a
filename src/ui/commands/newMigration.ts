import * as vscode from 'vscode';
import { basename, dirname, join } from 'node:path';
import { isUsableName } from '../../core/formats/fileNames';
import type { Target } from '../../core/model';
import type { Project } from '../../workspace/project';
import type { ProjectRegistry } from '../../workspace/projectRegistry';
import { openPlace } from '../openPlace';
import { escapeIconsAndLinks } from '../presentation/text';
import { t } from '../translate';
import { pickProject } from './pick';

/**
 * Creates a migration for a project; where there is none yet, the first one beside a database.
 *
 * @param unpaired a database without migrations, chosen already
 */
export async function newMigration(
  registry: ProjectRegistry,
  project: Project | undefined,
  unpaired: string | undefined,
): Promise<void> {
  if (!project && !unpaired && registry.projects.length === 0) {
    await registry.rediscover();
  }
  const folder = firstFolder();
  if (project || registry.projects.length > 0 || !folder) {
    const chosen = project ?? (await pickProject(registry));
    return chosen && create(chosen.name, (name) => chosen.newMigration(name));
  }
  const start = unpaired ? beside(unpaired) : await pickStart(registry, folder);
  if (start) {
    await create(basename(start.database), (name) => registry.startMigrations(start, name));
  }
}

/** Asks for a name, creates the files and opens the first where typing starts. */
async function create(database: string, write: Project['newMigration']): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: t('New Migration for {database}', { database }),
    prompt: t('What it does, in a few words; the number is added'),
    placeHolder: t('add users table'),
    validateInput: (value) => (isUsableName(value) ? undefined : t('A migration needs a name')),
  });
  if (name === undefined) {
    return;
  }
  const { files, line, column } = await write(name.trim());
  if (files[0]) {
    await openPlace({ file: files[0], line, column });
  }
}

function firstFolder(): string | undefined {
  return vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath;
}

/** Where the first migration of a workspace goes: beside a database, else into its first folder. */
async function pickStart(registry: ProjectRegistry, folder: string): Promise<Target | undefined> {
  const databases = registry.search.found?.unpaired ?? [];
  if (databases.length <= 1) {
    return beside(databases[0] ?? join(folder, 'app.db'));
  }
  const items = databases.map((database) => ({
    label: `$(database) ${escapeIconsAndLinks(basename(database))}`,
    description: vscode.workspace.asRelativePath(dirname(database)),
    database,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Which database?'),
    placeHolder: t('A folder for its migrations is made beside it'),
  });
  return picked && beside(picked.database);
}

function beside(database: string): Target {
  return { database, folders: [join(dirname(database), 'migrations')] };
}
