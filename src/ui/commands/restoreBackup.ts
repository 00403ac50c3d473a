import * as vscode from 'vscode';
import type { Backup } from '../../core/model';
import { describeBackupReason } from '../../messages/run';
import { fileSize } from '../../messages/text';
import type { Project } from '../../workspace/project';
import { confirm, notify } from '../notify';
import { formatDate, escapeIconsAndLinks } from '../presentation/text';
import { t } from '../translate';
import type { Runner } from './runner';

/** Makes a database again what it was before a run, which the person chooses, after asking. */
export async function restoreBackup(project: Project, runner: Runner): Promise<void> {
  const backups = await project.backups();
  if (backups.length === 0) {
    const message = t(
      '{database} has no backups. One is made before each run that changes something in it.',
      { database: project.name },
    );
    return notify('info', { message });
  }
  const backup = await pick(project, backups);
  if (backup && (await confirmRestore(project, backup))) {
    await runner.restore(project, backup);
  }
}

async function pick(project: Project, backups: readonly Backup[]): Promise<Backup | undefined> {
  const items = backups.map((backup) => ({
    label: formatDate(backup.at),
    description: fileSize(backup.bytes, t),
    detail: escapeIconsAndLinks(describeBackupReason(backup, t)),
    backup,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Restore Backup of {database}', { database: project.name }),
    placeHolder: t('The state to go back to'),
    matchOnDetail: true,
  });
  return picked?.backup;
}

function confirmRestore(project: Project, backup: Backup): Promise<boolean> {
  return confirm(
    'warning',
    t('Restore {database} as it was on {date}, {reason}?', {
      database: project.name,
      date: formatDate(backup.at),
      reason: describeBackupReason(backup, t),
    }),
    t(
      'Everything written to it since is replaced, and kept as a backup. Programs that have it open go on with the restored content.',
    ),
    t('Restore'),
  );
}
