import { oneLine, type Translate } from '../messages/text';
import type { ActiveRun } from '../workspace/projectState';
import { conditionText } from './conditionText';

/** Where a run is, for below a title that already says what it does. */
export function progressText({ waiting, step, steps, migration }: ActiveRun, t: Translate): string {
  if (waiting) {
    return conditionText({ kind: 'waiting', waiting }, t).text;
  }
  return step && steps && migration
    ? t('{step}/{steps} {migration}', { step, steps, migration: oneLine(migration.id, 60) })
    : t('starting…');
}
