import * as vscode from 'vscode';
import type { MigrationRef } from '../../core/model';
import { oneLine } from '../../messages/text';
import type { Project } from '../../workspace/project';
import { mention, notify } from '../notify';
import { t } from '../translate';
import { pickEntry } from './pickEntry';

/** Notes that an edited file means what ran. */
export async function acceptEdited(project: Project, migration?: MigrationRef): Promise<void> {
  const entry = await pickEntry(project, 'edited', migration);
  if (!entry) {
    return;
  }
  const { version, id } = entry.migration;
  const { now } = await project.drift.ran(version);
  const unsaved = vscode.workspace.textDocuments.some(
    ({ uri, isDirty }) => isDirty && uri.scheme === 'file' && uri.fsPath === now?.file,
  );
  if (unsaved) {
    const message = t('{migration} has changes that are not saved.', { migration: oneLine(id) });
    return notify('warning', { message, advice: t('Save it, then accept it.') });
  }
  if (now) {
    await project.drift.accept(version, now.checksum);
    mention(t('{migration}: its file is accepted as what ran', { migration: oneLine(id) }));
  }
}
