import * as vscode from 'vscode';
import { isHistoryKnown, type MigrationRef } from '../../core/model';
import { describeError } from '../../messages/describeError';
import { sanitizeLine } from '../../messages/text';
import type { Project } from '../../workspace/project';
import type { ProjectRegistry } from '../../workspace/projectRegistry';
import { condition, urgency } from '../../workspace/projectState';
import { showStatusMessage, notify } from '../notify';
import { conditionText } from '../presentation/conditionText';
import { escapeIconsAndLinks } from '../presentation/text';
import { t } from '../translate';

/** The project a command is about: the only one, or the one that the person picks. */
export async function pickProject(registry: ProjectRegistry): Promise<Project | undefined> {
  if (registry.projects.length === 0) {
    await registry.rediscover();
  }
  const projects = [...registry.projects].sort((a, b) => rank(a) - rank(b));
  if (projects.length === 0) {
    sayNothingFound();
    return undefined;
  }
  if (projects.length === 1) {
    return projects[0];
  }
  const items = projects.map((project) => {
    const { icon, text } = conditionText(condition(project.state), t);
    return {
      label: `$(${icon}) ${escapeIconsAndLinks(sanitizeLine(project.name))}`,
      description: escapeIconsAndLinks(text),
      detail: escapeIconsAndLinks(
        sanitizeLine(vscode.workspace.asRelativePath(project.state.target.database)),
      ),
      project,
    };
  });
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Which database?'),
    matchOnDetail: true,
  });
  return picked?.project;
}

function rank({ state }: Project): number {
  return urgency(condition(state));
}

function sayNothingFound(): void {
  if (!vscode.workspace.workspaceFolders?.length) {
    return notify(
      'info',
      { message: t('Open a folder with a SQLite database or migrations first.') },
      {
        title: t('Open Folder…'),
        run: () => vscode.commands.executeCommand('workbench.action.files.openFolder'),
      },
    );
  }
  const { message } = describeError({ code: 'target.none', params: {} }, t);
  const advice = t('State where they are in the settings.');
  return notify(
    'info',
    { message, advice },
    {
      title: t('Open Settings'),
      run: () => vscode.commands.executeCommand('lockstep.openSettings'),
    },
  );
}

interface Words {
  readonly title: string;
  readonly placeHolder: string;
  /** Where all of them is what most people mean. */
  readonly lastFirst?: boolean;
  /** What it comes to where so many are meant. */
  describe(count: number): string;
}

/** Lets the person choose up to which pending migration something is meant; says so where none is. */
export async function pickPending(
  project: Project,
  { describe, lastFirst, ...words }: Words,
): Promise<MigrationRef | undefined> {
  if (isUnknown(project)) {
    return undefined;
  }
  const pending = project.state.status?.pending ?? [];
  if (pending.length === 0) {
    showStatusMessage(t('{database}: nothing is pending', { database: project.name }));
    return undefined;
  }
  const items = pending.map((migration, index) => ({
    label: escapeIconsAndLinks(sanitizeLine(migration.id)),
    description: describe(index + 1),
    migration,
  }));
  const shown = lastFirst ? items.reverse() : items;
  return (await vscode.window.showQuickPick(shown, words))?.migration;
}

/** Whether it could not be found out what is applied and what is pending; says so where it could not. */
export function isUnknown({ name, state: { status } }: Project): boolean {
  const isKnown = status && isHistoryKnown(status);
  if (!isKnown) {
    showStatusMessage(t('{database}: what is applied cannot be read now', { database: name }));
  }
  return !isKnown;
}
