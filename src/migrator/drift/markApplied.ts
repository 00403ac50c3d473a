import { existsSync } from 'node:fs';
import { randomHex } from '../../process/randomHex';
import type { MarkResult } from '../../core/drift/markRequest';
import { errorInfo, LockstepError } from '../../core/errors';
import type { Format } from '../../core/formats/format';
import type { Owner, ProcessIdentity } from '../../core/holder';
import { newLogEntry } from '../../core/history/newLogEntry';
import { migrationRef } from '../../core/migration';
import type { Step } from '../../core/plan/plan';
import { planRun } from '../../core/plan/planRun';
import { refuseDuplicates } from '../../core/plan/refuseDuplicates';
import { beginWriting } from '../../core/run/beginWriting';
import { databaseError } from '../../core/run/databaseError';
import { HistoryStore } from '../../core/run/historyStore';
import { outcomeOf } from '../../core/run/outcomeOf';
import type { RunEvent } from '../../core/run/runEvent';
import type { WaitLimits } from '../../core/run/runRequest';
import { LockWaiter } from '../../core/run/waitForLock';
import type { Connection } from '../../core/connection';
import type { Target } from '../../core/target';
import { canonicalPath } from '../../sqlite/canonicalPath';
import { otherHolder } from '../otherHolder';
import { marksOf, runLogOf, type ThreadWorld } from '../threadWorld';

export interface MarkAsk {
  readonly target: Target;
  readonly versions: readonly string[];
  readonly owner: Owner & ProcessIdentity;
  readonly wait: WaitLimits;
  /** Milliseconds of `wait.totalMs` already spent on the sentinel. */
  readonly waitedMs: number;
  /** Of our own sentinel. */
  readonly token?: string;
}

export type MarkReport = Omit<MarkResult, 'ms' | 'holder'>;

/**
 * Records migrations as applied without running them, those of the given ones that are still pending
 * as the history says inside the write transaction that records them.
 */
export function markApplied(
  ask: MarkAsk,
  world: ThreadWorld,
  emit: (event: RunEvent) => void,
): MarkReport {
  const path = canonicalPath(ask.target.database);
  try {
    if (!existsSync(path)) {
      throw new LockstepError('database.missing', { path });
    }
    return record(path, ask, world, emit);
  } catch (error) {
    const info = errorInfo(databaseError(error, path));
    return { outcome: outcomeOf(info.code), marked: [], alreadyApplied: [], error: info };
  }
}

function record(
  path: string,
  { target, versions, owner, wait, waitedMs, token }: MarkAsk,
  world: ThreadWorld,
  emit: (event: RunEvent) => void,
): MarkReport {
  const { format, migrations } = world.reader.read(target);
  const { control } = world;
  const log = runLogOf(world, path);
  const waiter = new LockWaiter(
    { wait, waitedMs },
    { control, emit, otherHolder: () => otherHolder(path, token) },
  );
  const connection = beginWriting(world.engine.connections(path), waiter);
  try {
    const history = new HistoryStore(connection, format.historyTable);
    const applied = history.versions();
    refuseMark(path, format, applied);
    const goal = { kind: 'steps', steps: versions.length } as const;
    const about = { format, migrations, applied, log: log.read() };
    const plan = planRun({ ...about, direction: 'up', goal, intended: versions });
    refuseDuplicates(plan.findings);
    const { steps } = plan;
    if (steps.length > 0) {
      history.ensure();
      steps.forEach(({ migration }) => history.record(migration.version));
      connection.assertSameFile();
      control.committing(() => waiter.until(() => connection.exec('COMMIT')));
    }
    const marked = steps.map(({ migration }) => migrationRef(migration));
    const isMarked = new Set(marked.map(({ version }) => version));
    const already = migrations.filter(
      ({ version }) => versions.includes(version) && !isMarked.has(version),
    );
    return {
      outcome: 'done',
      marked,
      alreadyApplied: already.map(migrationRef),
      ...logged(() => log.append(entries(steps, connection, owner))),
    };
  } finally {
    connection.close();
  }
}

/** A step that was begun outside a transaction, and may be none of ours, is to be decided about first. */
function refuseMark(path: string, format: Format, applied: readonly string[]): void {
  const marks = marksOf(path);
  const mark = marks.read();
  if (!mark) {
    return;
  }
  const { migration, statement, statements, direction, owner, persisted, failed } = mark;
  if (!failed && marks.isAlive(mark)) {
    throw new LockstepError('lock.live', { pid: owner.pid });
  }
  const recorded = applied.some((version) => format.sameVersion(version, migration.version));
  if (persisted > 0 && recorded !== (direction === 'up')) {
    const params = { migration: migration.id, statement, statements, direction };
    throw new LockstepError('run.interrupted', params);
  }
}

function entries(
  steps: readonly Step[],
  { engine, sqliteVersion }: Connection,
  holder: Owner & ProcessIdentity,
): ReturnType<typeof newLogEntry>[] {
  const run = randomHex(32);
  const at = new Date().toISOString();
  const details = { run, at, ms: 0, rows: 0, engine, sqliteVersion, holder };
  return steps.map((step) => ({ ...newLogEntry(step, details), marked: true }));
}

/** The log is detail: the migrations are recorded without it. */
function logged(append: () => void): Pick<MarkReport, 'logProblem'> {
  try {
    append();
    return {};
  } catch (error) {
    return { logProblem: (error as Error).message };
  }
}
