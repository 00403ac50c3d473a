import type { Rehearsal } from '../../core/rehearsal/rehearsal';
import { describeLosses, describeVerdict } from '../../messages/describeRehearsal';
import { t } from '../translate';

/** What becomes of the data when migrations are rolled back, as far as it is known. */
export function rollBackOutcome(rehearsal: Rehearsal | undefined): string[] {
  const deleted = rehearsal && describeLosses(rehearsal.losses, t);
  const unknown = t('What they added to the database is removed, with the data in it.');
  switch (rehearsal?.verdict) {
    case 'works':
      return [deleted ?? t('No data is deleted.')];
    case undefined:
      return [unknown];
    default:
      return [describeVerdict(rehearsal!, t), deleted ?? unknown];
  }
}
