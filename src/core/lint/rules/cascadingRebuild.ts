import { foldName } from '../../sql/tokens';
import type { LintedScript, LintedStatement } from '../lintScript';
import { isMain } from '../../sql/statementFacts';
import type { LintRule, LintData, LintFinding } from '../rule';

/** The DROP of a rebuild that reaches the rows of tables which refer to the one that is rebuilt. */
export const cascadingRebuild: LintRule = {
  name: 'cascading-rebuild',
  summary:
    'A rebuilt table whose `DROP` reaches the rows of other tables, because foreign keys are on or their references were renamed with it.',
  check(at, script, data) {
    const { facts } = at;
    if (facts.verb !== 'drop' || facts.type !== 'table' || !isMain(facts) || !data) {
      return undefined;
    }
    return cascades(at, script, data, facts.name) ?? renamedAway(at, script, data, facts.name);
  },
  describe: (text, rows, t) => {
    const args = { table: text('table'), child: text('child'), action: text('action'), rows };
    if (text('case') === 'renamed') {
      return {
        message: t('{child} refers to {table} now, since references follow a renamed table.', args),
        advice: t(
          'Create the new table under another name, drop the old one, and rename the new one then.',
        ),
      };
    }
    return {
      message:
        rows > 1
          ? t(
              'Dropping {table} with foreign keys on also changes {rows} rows of {child} (ON DELETE {action}).',
              args,
            )
          : t(
              'Dropping {table} with foreign keys on also changes the rows of {child} (ON DELETE {action}).',
              args,
            ),
      advice: t('Rebuild tables with foreign keys off; they are checked before the commit.'),
    };
  },
};

/** DROP TABLE deletes the rows first, with all that follows from it, when foreign keys are on. */
function cascades(
  at: LintedStatement,
  script: LintedScript,
  data: LintData,
  table: string,
): LintFinding | undefined {
  if (data.pragma('foreign_keys') !== '1' || !isMadeAnew(at, script, table)) {
    return undefined;
  }
  const found = data
    .childrenOf(table)
    .find(({ onDelete }) => /^(CASCADE|SET NULL|SET DEFAULT)$/i.test(onDelete));
  if (!found) {
    return undefined;
  }
  const { child, column, onDelete } = found;
  const rows = data.values(child, column);
  const known = rows !== undefined && { rows };
  return { params: { case: 'action', table, child, action: onDelete, ...known } };
}

/**
 * Where the old table is renamed before the new one is made, the others' references follow it
 * (https://www.sqlite.org/lang_altertable.html#alter_table_rename), to what is dropped now.
 */
function renamedAway(
  at: LintedStatement,
  script: LintedScript,
  data: LintData,
  name: string,
): LintFinding | undefined {
  const now = foldName(name);
  const original = at.state.renamed.findLast(([, to]) => to === now)?.[0];
  if (
    original === undefined ||
    !(at.state.created.has(original) || isMadeAnew(at, script, original))
  ) {
    return undefined;
  }
  const dropped = script.statements
    .slice(at.index + 1)
    .map(({ facts }) => (facts.verb === 'drop' ? foldName(facts.name) : undefined));
  const child = data
    .childrenOf(name)
    .find((each) => !dropped.includes(foldName(each.child)) && !isMadeAnew(at, script, each.child));
  return child && { params: { case: 'renamed', table: name, child: child.child } };
}

/** Whether a later statement makes a table of that name. */
function isMadeAnew(
  { index }: LintedStatement,
  { statements }: LintedScript,
  name: string,
): boolean {
  return statements.slice(index + 1).some(({ facts }) => {
    const made =
      facts.verb === 'create' && facts.type === 'table'
        ? facts.name
        : facts.verb === 'renameTable'
          ? facts.to
          : undefined;
    return made !== undefined && foldName(made) === foldName(name);
  });
}
