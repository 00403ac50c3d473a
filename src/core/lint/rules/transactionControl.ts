import type { LintRule } from '../rule';

/** BEGIN in a migration whose author did not ask for no transaction. */
export const transactionControl: LintRule = {
  name: 'transaction-control',
  summary: '`BEGIN` and `COMMIT` in a migration, which has a transaction of its own.',
  check({ kind, index }, { script, prepared, outer }) {
    if (kind.kind !== 'begin' || !script.transaction) {
      return undefined;
    }
    if (prepared.mode === 'transaction') {
      return outer.includes(index) ? { params: { case: 'outer' }, harmless: true } : undefined;
    }
    return prepared.needs === 'transactionControl' ? { params: { case: 'inner' } } : undefined;
  },
  describe: (text, _rows, t) =>
    text('case') === 'outer'
      ? {
          message: t(
            'BEGIN and COMMIT are left out: a migration has a transaction already, shared with its history row.',
          ),
          advice: t('Remove both.'),
        }
      : {
          message: t(
            'With transaction control in it the whole migration runs outside a transaction of Lockstep’s; if it breaks off, what was committed stays.',
          ),
          advice: t('Remove it, or split the migration where it commits.'),
        },
};
