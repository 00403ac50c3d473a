import { definition, isMain } from '../../sql/statementFacts';
import type { LintCheck } from '../rule';

/** CREATE … IF NOT EXISTS that does nothing, because something else has the name. */
export const ifNotExists: LintCheck = {
  rule: 'if-not-exists',
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
};
