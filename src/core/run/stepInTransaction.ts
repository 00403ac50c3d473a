import type { Connection } from '../connection';
import { LockstepError } from '../errors';
import { placeAt } from '../sql/place';
import type { Statement } from '../sql/statements';
import { wordsOf } from '../sql/wordsOf';
import { ForeignKeyGraph, quoteName } from './foreignKeyGraph';
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
  const { statements } = step.sql;
  const connection = session.open;
  const graph = session.references();
  const rowsBefore = connection.totalChanges();
  const words = graph.withTriggers(step.sql.words);
  const losses: Loss[] = [];
  for (const statement of statements) {
    session.throwIfCancelled();
    const before = step.script.foreignKeys && countDescendants(connection, statement);
    runStatement(session, step, statement);
    if (!connection.inTransaction) {
      throw new LockstepError(
        'sql.transactionEnded',
        { migration: step.ref.id, statement: statement.text.slice(0, 300) },
        placeAt(step.script.file, step.script.text, statement.start),
      );
    }
    if (before) {
      losses.push(...lossesSince(before, connection, statement));
    }
  }
  const rows = connection.totalChanges() - rowsBefore;
  graph.update(words);
  checkReferences(connection, step, graph.toCheck(words), baseline);
  checkLosses(connection, step, losses);
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

/** Rows that went with a table that they referred to. */
interface Loss {
  readonly table: string;
  /** Rows before the statement. */
  readonly before: number;
  readonly statement: Statement;
}

/**
 * With foreign keys on, DROP TABLE of a parent deletes the rows of its cascading children, and theirs,
 * and no check finds anything wrong afterwards.
 */
function countDescendants(
  connection: Connection,
  { text }: Statement,
): ReadonlyMap<string, number> | undefined {
  if (!/^drop\b/i.test(text)) {
    return undefined;
  }
  const tables = new ForeignKeyGraph(connection).descendantsOf(wordsOf(text));
  return new Map(tables.map((table) => [table, countRows(connection, table) ?? 0]));
}

function lossesSince(
  counts: ReadonlyMap<string, number>,
  connection: Connection,
  statement: Statement,
): Loss[] {
  return [...counts]
    .map(([table, before]) => ({ table, before, statement }))
    .filter(({ table, before }) => (countRows(connection, table) ?? 0) < before);
}

/** The script may have brought the rows back from a copy, or have dropped that table as well. */
function checkLosses(
  connection: Connection,
  { script, ref }: PreparedStep,
  losses: readonly Loss[],
): void {
  for (const { table, before, statement } of losses) {
    const after = countRows(connection, table) ?? before;
    if (after < before) {
      throw new LockstepError(
        'children.vanished',
        { migration: ref.id, table, before, after },
        placeAt(script.file, script.text, statement.start),
      );
    }
  }
}

/** Undefined where there is no such table. */
function countRows(connection: Connection, table: string): number | undefined {
  const name = quoteName(table);
  const isThere = connection.all(`PRAGMA main.table_info(${name})`).length > 0;
  return isThere ? Number(connection.get(`SELECT count(*) AS n FROM main.${name}`)!.n) : undefined;
}
