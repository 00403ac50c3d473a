import type { Translate } from '../../messages/text';
import type { FilePlace } from '../../workspace/filePlace';
import { formatDate } from '../formatDate';
import type { FileProblem } from './checkProblems';

/** Of dbmate's files; elsewhere it has a file of its own. */
const wayBack = /^--\s*migrate:down/m;

/** Tells somebody who edits a migration that ran that the edit will not; nothing where none is made. */
export function appliedNote(
  { entry }: Extract<FilePlace, { kind: 'applied' }>,
  document: { readonly isDirty: boolean; getText(): string },
  t: Translate,
): FileProblem | undefined {
  if (!document.isDirty && entry.file !== 'edited') {
    return undefined;
  }
  const when = entry.log && formatDate(entry.log.at);
  const applied = when ? t('Applied on {date}', { date: when }) : t('Applied already');
  const args = { applied };
  const message = wayBack.test(document.getText())
    ? t('{applied}; edits will not run, but for those of the way back.', args)
    : t('{applied}; edits will not run.', args);
  return { severity: 'information', message, code: 'applied' };
}
