import { existsSync } from 'node:fs';
import type { Connection } from '../../core/connection';
import type { AppliedSource } from '../../core/drift';
import { errorInfo, LockstepError } from '../../core/errors';
import type { Format } from '../../core/formats/format';
import { acceptedEntry, newLogEntry } from '../../core/history/runLog';
import { migrationRef, type Owner, type ProcessIdentity, type Step } from '../../core/model';
import { fileState, type KnownMigration, knownMigrations } from '../../core/plan/reconcile';
import { planRun, refuseDuplicates } from '../../core/plan/plan';
import { SchemaReader, sortedSchema } from '../../core/schema/schema';
import { beginWriting, LockWaiter } from '../../core/run/waitForLock';
import { databaseError } from '../../core/run/runSession';
import { HistoryStore } from '../../core/history/historyTable';
import { outcomeOf, type RunEvent } from '../../core/run/runEvents';
import { scriptChecksum } from '../../core/checksum';
import { scriptSql } from '../../core/sql/script';
import { processIdentity, randomHex } from '../../system/process';
import { canonicalPath } from '../../sqlite/databaseFile';
import type { AppliedMigration, Ask } from '../protocol';
import { marksOf, otherHolder } from '../sidecar';
import type {
  Baseline,
  BaselineAsk,
  AppliedAnswer,
  AppliedAsk,
  MarkAsk,
  MarkReport,
} from '../threadProtocol';
import { readHistory, runLogOf, type ThreadContext } from './threadContext';

/**
 * Records migrations as applied without running them, those of the given ones that are still pending
 * as the history says inside the write transaction that records them.
 */
export function markApplied(
  ask: MarkAsk,
  context: ThreadContext,
  emit: (event: RunEvent) => void,
): MarkReport {
  const path = canonicalPath(ask.target.database);
  try {
    if (!existsSync(path)) {
      throw new LockstepError('database.missing', { path });
    }
    return record(path, ask, context, emit);
  } catch (error) {
    const info = errorInfo(databaseError(error, path));
    return { outcome: outcomeOf(info.code), marked: [], alreadyApplied: [], error: info };
  }
}

function record(
  path: string,
  { target, versions, owner, wait, waitedMs, token }: MarkAsk,
  context: ThreadContext,
  emit: (event: RunEvent) => void,
): MarkReport {
  const { format, migrations } = context.reader.read(target);
  const { control } = context;
  const log = runLogOf(context, path);
  const waiter = new LockWaiter(
    { wait, waitedMs },
    { control, emit, otherHolder: () => otherHolder(path, token) },
  );
  const connection = beginWriting(context.engine.connections(path), waiter);
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

/**
 * Finds out what is to be recorded as applied of a database that has a schema already.
 * @throws LockstepError what keeps it from being looked at, `goal.unknown`
 */
export function baseline({ target, goal }: BaselineAsk, context: ThreadContext): Baseline {
  const path = canonicalPath(target.database);
  const { format, migrations } = context.reader.read(target);
  const { historyTable } = format;
  const look = context.engine.look(path, (connection) => ({
    applied: new HistoryStore(connection, historyTable).versions(),
    schema: sortedSchema(new SchemaReader(historyTable.name).read(connection).values()),
  }));
  const { state, message = '' } = look;
  if (state === 'missing') {
    throw new LockstepError('database.missing', { path });
  }
  if (state === 'notADatabase') {
    throw new LockstepError('database.notADatabase', { path });
  }
  if (!look.value && state !== 'empty') {
    throw new LockstepError('database.io', { path, message: message || state });
  }
  const { applied, schema } = look.value ?? { applied: [], schema: [] };
  const about = { format, migrations, applied, log: runLogOf(context, path).read() };
  const plan = planRun({ ...about, direction: 'up', goal });
  refuseDuplicates(plan.findings);
  const record = plan.steps.map(({ migration }) => migrationRef(migration));
  const recorded = new Set(record.map(({ version }) => version));
  const known = knownMigrations(about);
  return {
    record,
    made: known
      .filter(
        (one) => one.migration && (one.applied !== undefined || recorded.has(one.ref.version)),
      )
      .map(({ ref }) => ref.version),
    unknown: known.filter(({ migration }) => !migration).map(({ ref }) => ref),
    schema,
  };
}

/**
 * Notes in the run log that an edited file is the same migration as what ran. Takes no lock and does
 * not touch the database: one line is appended, which names the application it is about and counts
 * for no other, whatever anybody has appended since.
 *
 * @throws LockstepError `drift.over` where it is another edit than the person has seen, `log.unwritable`
 */
export function acceptEdited(
  { target, version, checksum, owner: { kind, workspace } }: Ask<'acceptEdited'>,
  context: ThreadContext,
): void {
  const [known] = findApplied({ target, version }, context).found;
  const { migration, log } = known ?? {};
  if (!known || !migration || !log || fileState(known) !== 'edited') {
    throw new LockstepError('drift.over', { migration: known?.ref.id ?? version });
  }
  if (scriptChecksum(migration.up) !== checksum) {
    throw new LockstepError('drift.over', { migration: known.ref.id, reason: 'again' });
  }
  const { pid, host } = processIdentity();
  const holder = { kind, workspace, pid, host };
  const at = new Date().toISOString();
  const runLog = runLogOf(context, canonicalPath(target.database));
  try {
    runLog.append([acceptedEntry(log, migration.up, { at, holder })]);
  } catch (error) {
    throw new LockstepError('log.unwritable', { message: (error as Error).message });
  }
}

/**
 * The source of an applied migration as it ran, and as its file is now.
 * @throws LockstepError `drift.over` where it is not applied
 */
export function readAppliedSource(ask: AppliedMigration, context: ThreadContext): AppliedSource {
  const { format, found } = findApplied(ask, context);
  const [known] = found;
  if (!known) {
    throw new LockstepError('drift.over', { migration: ask.version });
  }
  const { ref, migration, log } = known;
  return {
    migration: ref,
    state: fileState(known),
    ...(log && {
      ran: {
        at: log.at,
        reversible: log.down !== undefined,
        ...(log.up.sql && { sql: log.up.sql }),
      },
    }),
    ...(migration && {
      now: {
        file: migration.up.file,
        sql: scriptSql(migration.up),
        checksum: scriptChecksum(migration.up),
        isWholeFile: format === 'plain',
      },
    }),
  };
}

/** Applied migrations with all that is known about them, read without a lock. */
export function findApplied(
  { target, version }: AppliedAsk,
  context: ThreadContext,
): AppliedAnswer {
  const path = canonicalPath(target.database);
  const { format, migrations } = context.reader.read(target);
  const applied = readHistory(path, format.historyTable, context).value ?? [];
  const log = runLogOf(context, path).read();
  const isWanted = ({ applied: recorded, migration }: KnownMigration): boolean =>
    recorded !== undefined &&
    (version === undefined ? !migration : format.sameVersion(recorded, version));
  const known = knownMigrations({ format, migrations, applied, log });
  return { format: format.name, found: known.filter(isWanted) };
}
