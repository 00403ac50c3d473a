import type { LintCheck } from '../rule';

/** BEGIN in a migration whose author did not ask for no transaction. */
export const transactionControl: LintCheck = {
  rule: 'transaction-control',
  check({ kind, index }, { script, prepared, outer }) {
    if (kind.kind !== 'begin' || !script.transaction) {
      return undefined;
    }
    if (prepared.mode === 'transaction') {
      return outer.includes(index) ? { params: { case: 'outer' }, harmless: true } : undefined;
    }
    return prepared.needs === 'transactionControl' ? { params: { case: 'inner' } } : undefined;
  },
};
