import type { RestoreResult } from '../core/run/runRequest';
import { backupName, describeBackupReason } from './describeBackup';
import { describeError } from './describeError';
import { duration } from './duration';
import { oneLine } from './oneLine';
import type { LogLine } from './sentence';
import type { Translate } from './translate';

/** How a restore ended, in words. */
export function describeRestore(result: RestoreResult, t: Translate): LogLine {
  const { restored, undone, error } = result;
  if (result.outcome === 'cancelled') {
    return { level: 'warning', message: t('Cancelled. Nothing was restored.') };
  }
  if (result.outcome !== 'done' || !restored) {
    const info = error ?? { code: 'internal', params: { message: result.outcome } };
    return { level: 'error', ...describeError(info, t, result.holder) };
  }
  const message = t('Restored {name} ({reason}) in {time}.', {
    name: backupName(restored.file),
    reason: describeBackupReason(restored, t),
    time: duration(result.ms, t),
  });
  const decided =
    undone && t('{migration} no longer counts as interrupted.', { migration: oneLine(undone.id) });
  const kept =
    result.backup &&
    t('What was there before is kept as {name}.', { name: backupName(result.backup) });
  return { level: 'info', message: [message, decided].filter(Boolean).join(' '), detail: kept };
}
