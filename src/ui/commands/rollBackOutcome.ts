import type { Rehearsal } from '../../core/rehearsal/rehearsal';
import { describeLosses, describeVerdict } from '../../messages/rehearsal';
import type { Project } from '../../workspace/project';
import { t } from '../translate';
import { backupNote } from './backupNote';

/** What becomes of the data when migrations are rolled back, as far as it is known. */
export function rollBackOutcome(project: Project, rehearsal: Rehearsal | undefined): string[] {
  const deleted = rehearsal && describeLosses(rehearsal.losses, t);
  const unknown = t('What they added to the database is removed, with the data in it.');
  switch (rehearsal?.verdict) {
    case 'works':
      return deleted ? [deleted, backupNote(project)] : [t('No data is deleted.')];
    case undefined:
      return [unknown, backupNote(project)];
    default:
      return [describeVerdict(rehearsal!, t), deleted ?? unknown, backupNote(project)];
  }
}
