import { isHistoryKnown } from '../../core/model';
import type { Project } from '../../workspace/project';
import { mention } from '../notify';
import { t } from '../translate';

/** Whether it could not be found out what is applied and what is pending; says so where it could not. */
export function isUnknown({ name, state: { status } }: Project): boolean {
  const isKnown = status && isHistoryKnown(status);
  if (!isKnown) {
    mention(t('{database}: what is applied cannot be read now', { database: name }));
  }
  return !isKnown;
}
