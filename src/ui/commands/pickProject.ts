import * as vscode from 'vscode';
import { describeError } from '../../messages/describeError';
import { oneLine } from '../../messages/text';
import { condition, urgency } from '../../workspace/condition';
import type { Project } from '../../workspace/project';
import type { ProjectRegistry } from '../../workspace/projectRegistry';
import { conditionText } from '../conditionText';
import { inert } from '../inert';
import { notify } from '../notify';
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
      label: `$(${icon}) ${inert(oneLine(project.name))}`,
      description: inert(text),
      detail: inert(oneLine(vscode.workspace.asRelativePath(project.state.target.database))),
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
