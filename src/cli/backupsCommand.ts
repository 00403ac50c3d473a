import type { Backup } from '../core/model';
import { backupName, describeBackupReason } from '../messages/run';
import { fileSize, plainTranslate as t } from '../messages/text';
import type { Command } from './context';
import { localTime } from './localTime';
import { shortPath } from './shortPath';

/** `lockstep backups`: lists them, newest first; opens no database. */
export const backupsCommand: Command = async (context) => {
  const { output, service } = context;
  const database = await context.database();
  const backups = await service.backups(database);
  output.object({ type: 'backups', database, backups } as { type: string });
  if (backups.length === 0) {
    output.text(t('There are no backups of {database}.', { database: shortPath(database) }));
  }
  for (const backup of backups) {
    output.text(`${backupName(backup.file)}  ${output.style.dim(backupText(backup))}`);
  }
  return 0;
};

/** When it was made, how large it is and what it was made before. */
export function backupText(backup: Backup): string {
  const { at, bytes } = backup;
  return [localTime(at), fileSize(bytes, t), describeBackupReason(backup, t)].join(', ');
}
