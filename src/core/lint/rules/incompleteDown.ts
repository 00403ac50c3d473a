import type { LintRule } from '../rule';

/** A down script that does not undo the up script; found by trying both, see `MigrationLint`. */
export const incompleteDown: LintRule = {
  name: 'incomplete-down',
  summary: 'A way back that does not undo the way up.',
  describe: (text, _rows, t) =>
    text('case') === 'again'
      ? {
          message: t('After this way back the migration cannot be applied again: {message}.', {
            message: text('message').replace(/\.$/, ''),
          }),
          advice: t('Undo here what the way up does, its rows included.'),
        }
      : {
          message: t('This way back leaves the schema different: {names}.', {
            names: text('names'),
          }),
          advice: t('Undo here what the way up does, in the reverse order.'),
        },
};
