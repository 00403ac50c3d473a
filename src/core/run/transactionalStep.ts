import { type Connection, SqliteError } from '../connection';
import { type ErrorParams, LockstepError } from '../errors';
import { placeAt } from '../sql/positions';
import { accessedFile, type Statement } from '../sql/statements';
import { CascadeLosses } from './foreignKeys';
import { addedViolation, countViolations, type Violations } from './violations';
import type { PreparedStep } from './preparedStep';
import { databaseError, type RunSession } from './runSession';

/**
 * Runs one statement of a migration.
 * @throws `sql.failed` with file, line and column, or what else stopped it
 */
export function runStatement(session: RunSession, step: PreparedStep, statement: Statement): void {
  try {
    // Busy is possible inside our own write transaction too: another, attached database may be locked.
    session.waiter.until(() => session.open.exec(statement.text));
  } catch (error) {
    const cause = isOfStatement(error, statement)
      ? error
      : databaseError(error, session.env.factory.path);
    throw statementError(cause, step, statement);
  }
}

/**
 * Whether a refusal that reads as one of our file cannot be about it: that is open and was read by
 * now. What the statement names may be no database, or not to be opened, and a virtual table has
 * checks of its own (https://www.sqlite.org/rescode.html#corrupt_vtab).
 */
function isOfStatement(error: unknown, { text }: Statement): boolean {
  if (!(error instanceof SqliteError) || error.code === 1032) {
    return false;
  }
  switch (error.code & 0xff) {
    case 26: // NOTADB
      return true;
    case 11: // CORRUPT
      return error.code === 267; // CORRUPT_VTAB
    case 3: // PERM
    case 8: // READONLY
    case 14: // CANTOPEN
    case 23: // AUTH
      return accessedFile(text) !== undefined;
    default:
      return false;
  }
}

/** A refusal of SQLite's as an error that points into the file. */
function statementError(
  error: unknown,
  { ref, script }: PreparedStep,
  statement: Statement,
): unknown {
  if (!(error instanceof SqliteError)) {
    return error;
  }
  const params: ErrorParams = {
    migration: ref.id,
    statement: excerpt(statement.text),
    message: error.message,
    sqliteCode: error.code,
    ...(!script.file && { from: 'log' }),
  };
  const offset = statement.start + offsetOfToken(statement.text, error.message);
  return new LockstepError('sql.failed', params, placeAt(script.file, script.text, offset));
}

/** Where in the statement the trouble is, if SQLite's message names a token that stands there once. */
function offsetOfToken(statement: string, message: string): number {
  const token = /near "([^"]+)": syntax error/.exec(message)?.[1];
  const at = token ? statement.indexOf(token) : -1;
  return at >= 0 && statement.indexOf(token!, at + 1) < 0 ? at : 0;
}

/** Enough of a statement to recognise it. */
function excerpt(sql: string): string {
  return sql.length > 300 ? `${sql.slice(0, 300)}…` : sql;
}

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
export function runTransactionalStep(
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
