import type { Connection } from '../connection';
import { LockstepError } from '../errors';
import { placeAt } from '../sql/place';
import { CascadeLosses } from './cascadeLosses';
import { addedViolation, countViolations, type Violations } from './foreignKeyViolations';
import type { PreparedStep } from './preparedStep';
import { runStatement } from './runStatement';
import type { RunSession } from './runSession';

/** Thrown when rows point nowhere after a step and it is not known whether they did before. */
export class ViolationsFound extends Error {
  constructor() {
    super('rows violate foreign keys');
  }
}

/**
 * Runs the statements of one step inside the open transaction and checks what they did to
 * references. Whoever calls it rolls back when it throws.
 * @param baseline violations from before the step, where an earlier try has found some after it
 * @returns rows changed
 */
export function runStepInTransaction(
  session: RunSession,
  step: PreparedStep,
  baseline: readonly Violations[] | undefined,
): number {
  const { statements, words } = step.sql;
  const connection = session.open;
  const graph = session.references();
  const rowsBefore = connection.totalChanges();
  const touched = graph.withTriggers(words);
  const losses = new CascadeLosses(connection, step);
  for (const statement of statements) {
    session.throwIfCancelled();
    losses.around(statement, () => runStatement(session, step, statement));
    if (!connection.inTransaction) {
      throw new LockstepError(
        'sql.transactionEnded',
        { migration: step.ref.id, statement: statement.text.slice(0, 300) },
        placeAt(step.script.file, step.script.text, statement.start),
      );
    }
  }
  const rows = connection.totalChanges() - rowsBefore;
  graph.update(words);
  checkReferences(connection, step, graph.toCheck(touched), baseline);
  losses.check();
  return rows;
}

function checkReferences(
  connection: Connection,
  step: PreparedStep,
  tables: readonly string[],
  baseline: readonly Violations[] | undefined,
): void {
  const after = countViolations(connection, tables);
  if (after.length === 0) {
    return;
  }
  if (!baseline) {
    throw new ViolationsFound();
  }
  const added = addedViolation(baseline, after);
  if (added) {
    throw new LockstepError(
      'foreignKeys.violated',
      { migration: step.ref.id, table: added.child, parent: added.parent, count: added.count },
      { file: step.script.file, line: 1, column: 1 },
    );
  }
}
