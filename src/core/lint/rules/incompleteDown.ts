import type { LintRule } from '../rule';

/** A down script that does not undo the up script; found by trying both, see `MigrationLint`. */
export const incompleteDown: LintRule = {
  name: 'incomplete-down',
  summary: 'A down migration that does not undo the up migration.',
  describe: (text, _rows, t) =>
    text('case') === 'again'
      ? {
          message: t(
            'After this down migration the migration cannot be applied again: {message}.',
            {
              message: text('message').replace(/\.$/, ''),
            },
          ),
          advice: t('Undo here what the up migration does, its rows included.'),
        }
      : {
          message: t('This down migration leaves the schema different: {names}.', {
            names: text('names'),
          }),
          advice: t('Undo here what the up migration does, in the reverse order.'),
        },
};
