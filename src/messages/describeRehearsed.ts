import type { RehearsalSummary } from '../core/rehearsal/rehearsal';
import { describeCannot } from './describeCannot';
import { describeLosses } from './describeRehearsal';
import { duration } from './duration';
import type { LogLine } from './sentence';
import type { Translate } from './translate';

/** What a run was told by its rehearsal, for the log. */
export function describeRehearsed(rehearsal: RehearsalSummary, t: Translate): LogLine {
  const line = ofVerdict(rehearsal, t);
  const deleted = describeLosses(rehearsal.losses, t);
  return deleted && rehearsal.verdict !== 'fails'
    ? { ...line, level: 'info', message: `${line.message} ${deleted}` }
    : line;
}

function ofVerdict(rehearsal: RehearsalSummary, t: Translate): LogLine {
  const { verdict, steps, works, cannot, ms, engine } = rehearsal;
  const time = duration(ms, t);
  const args = { count: steps, works, time, version: engine.sqliteVersion };
  switch (verdict) {
    case 'works':
      return {
        level: 'debug',
        message: t('Rehearsed on a copy: {count} of {count} work ({time}).', args),
      };
    case 'schemaOnly':
      return {
        level: 'info',
        message: t(
          'Rehearsed on the schema alone, since the database is large: {works} fit.',
          args,
        ),
      };
    case 'fails':
      return {
        level: 'debug',
        message: t('Rehearsed on a copy: {works} of {count} work ({time}).', args),
      };
    case 'cannot':
      return cannot
        ? { level: cannot.reason === 'time' ? 'debug' : 'info', ...describeCannot(cannot, t) }
        : { level: 'debug', message: t('Could not be rehearsed here.') };
  }
}
