import * as vscode from 'vscode';
import type { Project } from '../../workspace/project';
import type { Action } from '../notify';
import { t } from '../translate';

/** The button that leads to the backups of a database, where it has any. */
export async function restoreAction(project: Project): Promise<Action[]> {
  const backups = await project.backups().catch(() => []);
  const run = (): unknown => vscode.commands.executeCommand('lockstep.restoreBackup', { project });
  return backups.length > 0 ? [{ title: t('Restore Backup…'), run }] : [];
}
