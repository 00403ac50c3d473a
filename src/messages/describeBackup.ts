import type { Backup } from '../core/model';
import { oneLine } from './oneLine';
import type { Translate } from './translate';

/** What a backup was made before, to follow its date: `before 003_users`. */
export function describeBackupReason({ reason }: Pick<Backup, 'reason'>, t: Translate): string {
  switch (reason.kind) {
    case 'up':
      return t('before {migration}', { migration: oneLine(reason.migration) });
    case 'down':
      return t('before {migration} was rolled back', { migration: oneLine(reason.migration) });
    case 'restore':
      return t('before another backup was restored');
  }
}

/** A backup's name from its path, for use in a sentence. */
export function backupName(file: string): string {
  return oneLine(file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1));
}
