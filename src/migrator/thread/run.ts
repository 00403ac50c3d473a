import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { defaultBackupOptions, type Finding, type FormatName, type Target } from '../../core/model';
import type { Connection } from '../../core/connection';
import { LockstepError } from '../../core/errors';
import { beginWriting, LockWaiter } from '../../core/run/waitForLock';
import { databaseError } from '../../core/run/runSession';
import { HistoryStore } from '../../core/history/historyTable';
import type { RunEvent } from '../../core/run/runEvents';
import { runMigrations, type RunReport } from '../../core/run/runMigrations';
import type { Mark, MarkStore } from '../../core/run/runningMark';
import { defaultWaitLimits } from '../../core/run/runRequest';
import { canonicalPath } from '../../sqlite/databaseFile';
import { fileAccessCheck } from '../../sqlite/fileAccess';
import type { ThreadCalls } from '../threadProtocol';
import { backupBeforeRun } from './backup';
import type { InterruptedDecision } from '../protocol';
import { marksOf, otherHolder } from '../sidecar';
import { runLogOf, type ThreadContext } from './threadContext';

/** Milliseconds for which the files count as they were when the run was planned. */
const planMaxAgeMs = 50;

/** Runs a job in this thread. @param emit gets what happens while it happens */
export async function runInThread(
  { target, job, token, backup = defaultBackupOptions }: ThreadCalls['run']['ask'],
  context: ThreadContext,
  emit: (event: RunEvent) => void,
): Promise<RunReport> {
  const path = canonicalPath(target.database);
  const { format, migrations } = context.reader.readRecent(target, planMaxAgeMs);
  const checkFileAccess = fileAccessCheck(path, job.fileAccess);
  const report = await runMigrations(job, {
    factory: context.engine.connections(path, checkFileAccess),
    checkFileAccess,
    format,
    migrations,
    log: runLogOf(context, path),
    marks: marksOf(path),
    control: context.control,
    backUp: backupBeforeRun({ ...backup, path, direction: job.direction, emit }, context),
    emit,
    otherHolder: () => otherHolder(path, token),
  });
  const finding = report.applied.length ? schemaFileFinding(format.name, target) : undefined;
  if (!finding) {
    return report;
  }
  emit({ type: 'finding', finding });
  return { ...report, findings: [...report.findings, finding] };
}

/** dbmate keeps the schema in a file beside its migrations folder; somebody may rely on it. */
function schemaFileFinding(format: FormatName, { folders }: Target): Finding | undefined {
  const file = folders.map((folder) => join(dirname(folder), 'schema.sql')).find(existsSync);
  return format === 'dbmate' && file
    ? { code: 'schemaFile', severity: 'info', params: { file } }
    : undefined;
}

/**
 * Carries out what a person decided about an interrupted step. `retry` forgets that it was begun,
 * `markApplied` records it as done. Runs look at the mark and make theirs inside a write
 * transaction, so this does it in one too: it decides about the mark that is there, and no other.
 * @throws `lock.live` while the step still runs, `lock.timeout`
 */
export function resolveInterrupted(
  { target, decision }: InterruptedDecision,
  context: ThreadContext,
): void {
  const path = canonicalPath(target.database);
  const marks = marksOf(path);
  if (!marks.read()) {
    return;
  }
  const wait = defaultWaitLimits;
  const { control } = context;
  const noReport = { emit: (): void => undefined, otherHolder: (): undefined => undefined };
  const waiter = new LockWaiter({ wait, waitedMs: 0 }, { control, ...noReport });
  try {
    const connection = beginWriting(context.engine.connections(path), waiter);
    try {
      decide(connection);
    } finally {
      connection.close();
    }
  } catch (error) {
    throw databaseError(error, path);
  }

  function decide(connection: Connection): void {
    const mark = orphan(marks);
    if (mark && decision === 'markApplied') {
      const { historyTable } = context.reader.read(target).format;
      record(mark, new HistoryStore(connection, historyTable));
      connection.assertSameFile();
      waiter.until(() => connection.exec('COMMIT'));
    }
    // Whoever came after the COMMIT has seen that the step is done, and may have a mark of its own.
    if (mark && isDeepStrictEqual(marks.read(), mark)) {
      marks.remove();
    }
  }
}

function orphan(marks: MarkStore): Mark | undefined {
  const mark = marks.read();
  if (mark && !mark.failed && marks.isAlive(mark)) {
    throw new LockstepError('lock.live', { pid: mark.owner.pid });
  }
  return mark;
}

function record({ direction, migration }: Mark, history: HistoryStore): void {
  history.ensure();
  if (direction === 'down') {
    history.erase(migration.version);
  } else if (!history.has(migration.version)) {
    history.record(migration.version);
  }
}
