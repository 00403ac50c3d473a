import type { RunRequest } from '../core/run/runRequest';
import { defaultRehearsalLimits, type RehearsalRequest } from '../migrator/protocol';

/** What trying something on a copy takes over from the options of a run. */
export function trialOptions({
  engine,
  transaction,
  reach,
  rehearse,
}: Pick<RunRequest, 'engine' | 'transaction' | 'reach' | 'rehearse'>): Pick<
  RehearsalRequest,
  'engine' | 'transaction' | 'reach' | 'limits'
> {
  const { maxBytes, maxMs } = defaultRehearsalLimits;
  return {
    engine,
    transaction,
    reach,
    limits: { maxBytes: rehearse?.maxBytes ?? maxBytes, maxMs },
  };
}
