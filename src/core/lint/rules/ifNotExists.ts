import { definition, isMain } from '../../sql/statementFacts';
import type { LintRule } from '../rule';

/** CREATE … IF NOT EXISTS that does nothing, because something else has the name. */
export const ifNotExists: LintRule = {
  name: 'if-not-exists',
  summary:
    '`CREATE … IF NOT EXISTS` where something else has that name: it does nothing, and hides the difference.',
  check({ facts, statement }, _script, data) {
    if (facts.verb !== 'create' || !facts.ifNotExists || facts.temp || !isMain(facts)) {
      return undefined;
    }
    const kind = facts.type === 'view' ? 'table' : facts.type;
    const existing = data?.object(kind, facts.name);
    if (!existing || definition(existing.sql) === definition(statement.text)) {
      return undefined;
    }
    return { params: { name: existing.name, existing: existing.sql.slice(0, 1000) } };
  },
  describe: (text, _rows, t) => ({
    message: t('{name} exists and is not what is written here; this statement does nothing.', {
      name: text('name'),
    }),
    detail: text('existing'),
    advice: t('Change what is there (ALTER, or drop it first), or leave IF NOT EXISTS out.'),
  }),
};
