import type { Connection } from '../connection';
import { errorInfo, LockstepError } from '../errors';
import type { Statement } from '../sql/statements';
import type { PreparedStep } from './preparedStep';
import { interruptedError, type Mark } from './runningMark';
import type { RunSession } from './runSession';
import { runStatement } from './transactionalStep';

/**
 * Runs a step that cannot be in a transaction (VACUUM, journal_mode, a script with its own COMMIT,
 * or one whose author wants none) under a mark on disk, so that it is never half done without
 * anybody knowing.
 */
export function runNonTransactionalStep(
  session: RunSession,
  step: PreparedStep,
  index: number,
): void {
  if (!claimStep(session, step)) {
    return;
  }
  session.started(step, index);
  const start = performance.now();
  const progress = { committed: 0 };
  try {
    const connection = session.connect(step.script.foreignKeys);
    const rowsBefore = changes(session);
    runMarked(session, step, connection, progress);
    const rows = changes(session) - rowsBefore;
    record(session, step, connection);
    session.env.marks.remove();
    const ms = Math.round(performance.now() - start);
    const result = { migration: step.ref, direction: step.direction, ms, rows };
    session.applied([{ step, index, result }]);
  } catch (error) {
    session.abandon();
    const mark = settleMark(session, progress.committed, error);
    const failed = session.failed(step, error);
    session.interrupted = mark?.migration ?? session.interrupted;
    throw mark && errorInfo(error).code === 'run.cancelled' ? interruptedError(mark) : failed;
  }
}

/**
 * Stops a run over a database in which a step was interrupted, unless nothing can have come of it.
 * Called inside the transaction that read the history.
 * @throws `run.interrupted`
 */
export function refuseOrphanedMark(session: RunSession, applied: readonly string[]): void {
  const { marks, format } = session.env;
  const mark = marks.read();
  if (!mark || (!mark.failed && marks.isAlive(mark))) {
    return;
  }
  const recorded = applied.some((version) => format.sameVersion(version, mark.migration.version));
  if (mark.persisted === 0 || recorded === (mark.direction === 'up')) {
    // It had not begun, or it had ended: only the mark was left.
    marks.remove();
    return;
  }
  throw interruptedError(mark);
}

/** Takes the mark, exclusively; waits for a living process that has it. False: already done. */
function claimStep(session: RunSession, step: PreparedStep): boolean {
  const { marks } = session.env;
  for (;;) {
    session.throwIfCancelled();
    if (isDone(session, step)) {
      session.abandon();
      session.already(step.ref);
      return false;
    }
    const claimed = marks.create(newMark(session, step));
    // The write lock is given back before the step: it may need it for itself.
    session.abandon();
    if (!claimed) {
      session.waiter.pause();
      continue;
    }
    if (isStillDue(session, step)) {
      return true;
    }
  }
}

/**
 * Engines that do not see each other's locks may both have found a step due, one of them after the
 * other had recorded it and given its mark back. What the history says while the mark is ours holds.
 */
function isStillDue(session: RunSession, step: PreparedStep): boolean {
  let due = false;
  try {
    due = !isDone(session, step);
  } finally {
    session.abandon();
    if (!due) {
      session.env.marks.remove();
    }
  }
  return due;
}

/** Reads the history in a transaction that is left open. */
function isDone(session: RunSession, step: PreparedStep): boolean {
  session.begin({ foreignKeys: step.script.foreignKeys });
  const versions = session.history().versions();
  refuseOrphanedMark(session, versions);
  const recorded = versions.some((each) => session.env.format.sameVersion(each, step.version));
  return recorded === (step.direction === 'up');
}

/** @param progress.committed how many statements have left something behind, up to now */
function runMarked(
  session: RunSession,
  step: PreparedStep,
  connection: Connection,
  progress: { committed: number },
): void {
  const { statements } = step.sql;
  statements.forEach((statement, index) => {
    session.throwIfCancelled();
    const inside = connection.inTransaction && !endsTransaction(statement);
    const persisted = inside || rerunnable(statement) ? progress.committed : index + 1;
    session.env.marks.update({ ...newMark(session, step), statement: index + 1, persisted });
    const rowsBefore = changes(session);
    try {
      runStatement(session, step, statement);
    } catch (error) {
      // OR FAIL and RAISE(FAIL) keep what came before the error.
      if (!connection.inTransaction && changes(session) > rowsBefore) {
        progress.committed = index + 1;
      }
      throw error;
    }
    if (!connection.inTransaction && !rerunnable(statement)) {
      progress.committed = index + 1;
    }
    // Only a COMMIT of its own looks before; the rest commits within the statement.
    connection.assertSameFile();
  });
  if (connection.inTransaction) {
    throw new LockstepError(
      'migrations.invalid',
      { migration: step.ref.id, reason: 'transactionLeftOpen' },
      { file: step.script.file, line: 1, column: 1 },
    );
  }
}

/** Even this may be told to wait: it may have to read the schema first. */
function changes({ open, waiter }: RunSession): number {
  return waiter.until(() => open.totalChanges());
}

/** @param ran where it ran: what is at the path by now must be the same file */
function record(session: RunSession, step: PreparedStep, ran: Connection): void {
  session.abandon();
  session.begin({ foreignKeys: false });
  ran.assertSameFile();
  const history = session.history();
  history.ensure();
  if (step.direction === 'up') {
    history.record(step.version);
  } else {
    history.erase(step.version);
  }
  session.commit();
}

/**
 * After an error, unlike after a crash, it is known what stayed: what was committed before it.
 * @returns the mark, where something stayed
 */
function settleMark(
  { env: { marks } }: RunSession,
  committed: number,
  error: unknown,
): Mark | undefined {
  const mark = marks.read();
  if (!mark || committed === 0) {
    marks.remove();
    return undefined;
  }
  const { code, params } = errorInfo(error);
  const failed = String(params.message ?? code).slice(0, 1000);
  const settled = { ...mark, persisted: committed, failed };
  marks.update(settled);
  return settled;
}

function newMark({ job }: RunSession, step: PreparedStep): Mark {
  const { pid, started, host, machine } = job.owner;
  return {
    migration: step.ref,
    direction: step.direction,
    statement: 0,
    statements: step.sql.statements.length,
    persisted: 0,
    since: new Date().toISOString(),
    owner: { pid, started, host, machine },
  };
}

/** RELEASE does so where no BEGIN came before its SAVEPOINT. */
function endsTransaction({ text }: Statement): boolean {
  return /^(commit|end|rollback|release)\b/i.test(text);
}

/** Statements that may run twice, or half, without a difference. */
function rerunnable({ text }: Statement): boolean {
  return /^(vacuum(?!.*\binto\b)|pragma|begin|savepoint|analyze|reindex)\b/is.test(text);
}
