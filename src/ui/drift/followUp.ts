import * as vscode from 'vscode';
import { isUsableName } from '../../core/formats/fileNames';
import type { MigrationRef } from '../../core/model';
import { oneLine } from '../../messages/text';
import type { Project } from '../../workspace/project';
import { openPlace } from '../openPlace';
import { t } from '../translate';
import { pickEntry } from './pickEntry';

/** Creates the migration that brings the change of an edited one to databases that have it already. */
export async function followUp(project: Project, migration?: MigrationRef): Promise<void> {
  const entry = await pickEntry(project, 'edited', migration);
  if (!entry) {
    return;
  }
  const { version, id, name } = entry.migration;
  const chosen = await vscode.window.showInputBox({
    title: t('Follow-up to {migration}', { migration: oneLine(id) }),
    prompt: t('What it does, in a few words; what was changed stands in it as a comment'),
    value: t('follow up {name}', { name: oneLine(name, 60) }),
    validateInput: (value) => (isUsableName(value) ? undefined : t('A migration needs a name')),
  });
  if (chosen === undefined) {
    return;
  }
  const { files, line, column } = await project.drift.followUp(version, chosen.trim());
  if (files[0]) {
    await openPlace({ file: files[0], line, column });
  }
}
