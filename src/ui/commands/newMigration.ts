import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { Project } from '../../workspace/project';
import type { ProjectRegistry } from '../../workspace/projectRegistry';
import { inert } from '../inert';
import { openPlace } from '../openPlace';
import { t } from '../translate';
import { pickProject } from './pickProject';

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
  const databases = project
    ? []
    : unpaired
      ? [unpaired]
      : await databasesWithoutMigrations(registry);
  if (databases.length === 0) {
    const chosen = project ?? (await pickProject(registry));
    return chosen && create(chosen.name, (name) => chosen.newMigration(name));
  }
  const database = databases.length === 1 ? databases[0] : await pickDatabase(databases);
  if (database) {
    const target = { database, folders: [join(dirname(database), 'migrations')] };
    await create(basename(database), (name) => registry.startMigrations(target, name));
  }
}

/** Asks for a name, creates the files and opens the first where typing starts. */
async function create(database: string, write: Project['newMigration']): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: t('New Migration for {database}', { database }),
    prompt: t('What it does, in a few words; the number is added'),
    placeHolder: t('add users table'),
    validateInput: (value) => (value.trim() === '' ? t('A migration needs a name') : undefined),
  });
  if (name === undefined) {
    return;
  }
  const { files, line, column } = await write(name.trim());
  if (files[0]) {
    await openPlace({ file: files[0], line, column });
  }
}

/** None where there is a project: then a new migration is for that. */
async function databasesWithoutMigrations(registry: ProjectRegistry): Promise<readonly string[]> {
  if (registry.projects.length === 0) {
    await registry.rediscover();
  }
  return registry.projects.length === 0 ? (registry.search.found?.unpaired ?? []) : [];
}

async function pickDatabase(databases: readonly string[]): Promise<string | undefined> {
  const items = databases.map((database) => ({
    label: `$(database) ${inert(basename(database))}`,
    description: vscode.workspace.asRelativePath(dirname(database)),
    database,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Which database?'),
    placeHolder: t('A folder for its migrations is made beside it'),
  });
  return picked?.database;
}
