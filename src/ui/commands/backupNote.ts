import type { Project } from '../../workspace/project';
import { Settings } from '../../workspace/settings';
import { t } from '../translate';

/** Whether there is a way back from a run that deletes something. */
export function backupNote({ state }: Project): string {
  const { keep, maxBytes } = new Settings().backup(state.target.database);
  const bytes = state.status?.look.sizeBytes ?? 0;
  return keep > 0 && bytes <= maxBytes
    ? t('A backup is made first; Restore Backup… brings it back.')
    : t('No backup is made, as the settings say.');
}
