import * as vscode from 'vscode';
import type { MigrationRef } from '../../core/model';
import { oneLine } from '../../messages/text';
import type { Project } from '../../workspace/project';
import { t } from '../translate';
import { pickEntry } from './pickEntry';

interface Choice {
  readonly title: string;
  readonly detail: string;
  readonly icon: string;
  readonly command: string;
}

function choices(): readonly Choice[] {
  return [
    {
      title: t('Accept as Same'),
      detail: t('The text means what ran: note that in the run log. The database is not touched.'),
      icon: 'check',
      command: 'lockstep.acceptEdited',
    },
    {
      title: t('Follow-up Migration…'),
      detail: t('Keep what ran, and bring the change with a new migration.'),
      icon: 'add',
      command: 'lockstep.followUp',
    },
    {
      title: t('Roll Back and Re-apply…'),
      detail: t('Undo what ran with the way back that was kept, then run the file as it is now.'),
      icon: 'debug-restart',
      command: 'lockstep.reapply',
    },
  ];
}

/** Lets the person choose what to do about an applied migration whose file was changed. */
export async function decideEdited(project: Project, migration?: MigrationRef): Promise<void> {
  const entry = await pickEntry(project, 'edited', migration);
  if (!entry) {
    return;
  }
  const items = choices().map(({ title, detail, icon, command }) => ({
    label: `$(${icon}) ${title}`,
    detail,
    command,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('{migration} was changed after it was applied', {
      migration: oneLine(entry.migration.id),
    }),
    placeHolder: t('What to do?'),
  });
  if (picked) {
    await vscode.commands.executeCommand(picked.command, { project, migration: entry.migration });
  }
}
