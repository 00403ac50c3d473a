import type { MarkResult } from '../core/drift';
import { describeError } from './describeError';
import { describeHolder } from './describeHolder';
import type { LogLine } from './sentence';
import type { Translate } from './translate';

/** How recording migrations as applied ended, in words. */
export function describeMark(result: MarkResult, t: Translate): LogLine {
  const { outcome, marked, alreadyApplied, error, holder, logProblem } = result;
  if (outcome === 'cancelled') {
    return { level: 'warning', message: t('Cancelled. Nothing was recorded.') };
  }
  if (outcome !== 'done') {
    const info = error ?? { code: 'internal', params: { message: outcome } };
    return { level: 'error', ...describeError(info, t, holder) };
  }
  const count = marked.length;
  const others = alreadyApplied.length;
  const parts = [
    count === 1
      ? t('Recorded 1 migration as applied; nothing of it was run.')
      : count > 1
        ? t('Recorded {count} migrations as applied; nothing of them was run.', { count })
        : '',
    others > 0
      ? t('{count} had been applied by {holder} meanwhile.', {
          count: others,
          holder: holder ? describeHolder(holder, t) : t('another process'),
        })
      : '',
  ].filter(Boolean);
  return {
    level: 'info',
    message: parts.length > 0 ? parts.join(' ') : t('Nothing was pending.'),
    detail: logProblem && t('The run log cannot be written ({reason}).', { reason: logProblem }),
  };
}
