import type { Translate } from '../../messages/translate';
import type { FilePlace } from '../../workspace/filePlace';
import { formatDate } from '../formatDate';
import type { FileProblem } from './checkProblems';

/** Tells somebody who edits a migration that ran that the edit will not; nothing where none is made. */
export function appliedNote(
  { entry }: Extract<FilePlace, { kind: 'applied' }>,
  { isDirty }: { readonly isDirty: boolean },
  t: Translate,
): FileProblem | undefined {
  if (!isDirty && entry.file !== 'edited') {
    return undefined;
  }
  const when = entry.log && formatDate(entry.log.at);
  const message = when
    ? t('Applied on {date}; edits will not run, but for those of the way back.', { date: when })
    : t('Applied already; edits will not run, but for those of the way back.');
  return { severity: 'information', message, code: 'applied' };
}
