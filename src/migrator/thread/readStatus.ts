import { errorInfo, LockstepError } from '../../core/errors';
import {
  type Migration,
  migrationRef,
  type RunningMark,
  type Script,
  type Step,
} from '../../core/model';
import { describeHistory } from '../../core/plan/reconcile';
import { refuseDuplicates } from '../../core/plan/plan';
import { loadCrypto } from '../../core/checksum';
import { prepareScript } from '../../core/sql/prepareScript';
import { canonicalPath, databaseStamp } from '../../sqlite/databaseFile';
import type { DatabaseStatus, PlanPreview, ThreadCalls } from '../threadProtocol';
import { marksOf } from '../sidecar';
import { readHistory, runLogOf, type ThreadContext } from './threadContext';

/** The state of a database and its folder. What cannot be read is an `error` in the answer. */
export function readStatus(
  { target }: ThreadCalls['status']['ask'],
  context: ThreadContext,
): DatabaseStatus {
  const nothing: DatabaseStatus = {
    target,
    path: target.database,
    look: { state: 'unreadable' },
    history: [],
    pending: [],
    findings: [],
  };
  let partial = nothing;
  try {
    const path = canonicalPath(target.database);
    const { name, sqliteVersion } = context.engine;
    partial = { ...partial, path, engine: { name, sqliteVersion }, mark: readMark(path) };
    const { format, migrations } = context.reader.read(target);
    partial = { ...partial, format: format.name };
    const { value: applied, ...look } = readHistory(path, format.historyTable, context);
    partial = { ...partial, look };
    if (!applied) {
      return partial;
    }
    const log = runLogOf(context, path).read();
    const goal = { kind: 'all' } as const;
    const plan = context.plans.plan(path, {
      format,
      migrations,
      applied,
      log,
      direction: 'up',
      goal,
    });
    const reversible = new Set(migrations.filter((m) => m.down).map((m) => m.id));
    return {
      ...partial,
      history: describeHistory({ format, migrations, applied, log }),
      pending: plan.pending.map((ref) => ({ ...ref, reversible: reversible.has(ref.id) })),
      findings: plan.findings,
    };
  } catch (error) {
    return { ...partial, error: errorInfo(error) };
  }
}

function readMark(path: string): RunningMark | undefined {
  const marks = marksOf(path);
  const mark = marks.read();
  if (!mark || mark.persisted === 0) {
    return undefined;
  }
  const { migration, direction, statement, statements, since, failed } = mark;
  const orphaned = failed !== undefined || !marks.isAlive(mark);
  return { migration, direction, statement, statements, since, orphaned };
}

/** What a run would do as things stand, without taking any lock. */
export function planInThread(
  { target, direction, goal, named }: ThreadCalls['plan']['ask'],
  context: ThreadContext,
): PlanPreview {
  const { name, sqliteVersion } = context.engine;
  const engine = { name, sqliteVersion };
  try {
    const path = canonicalPath(target.database);
    const { format, migrations } = context.reader.read(target);
    if (migrations.length === 0 && direction === 'up') {
      throw new LockstepError('migrations.none', { folder: target.folders.join(', ') });
    }
    const { value: applied, state, message = '' } = readHistory(path, format.historyTable, context);
    if (state === 'missing' && direction === 'down') {
      throw new LockstepError('database.missing', { path });
    }
    if (state === 'notADatabase') {
      throw new LockstepError('database.notADatabase', { path });
    }
    if (state === 'unreadable') {
      throw new LockstepError('database.io', { path, message });
    }
    if (!applied) {
      return { findings: [], engine };
    }
    const log = runLogOf(context, path).read();
    const plan = context.plans.plan(path, { format, migrations, applied, log, direction, goal });
    refuseDuplicates(plan.findings);
    const steps = plan.steps.map((step) => migrationRef(step.migration));
    const content = named && steps.length > 0 ? contentName(path, migrations) : undefined;
    const marked = marksOf(path).read() !== undefined;
    return {
      steps,
      atomic: isAtomic(plan.steps),
      deletes: plan.steps.some(hasDeletingWords),
      marked,
      content,
      findings: plan.findings,
      engine,
    };
  } catch (error) {
    return { findings: [], engine, error: errorInfo(error) };
  }
}

function hasDeletingWords({ migration, direction }: Step): boolean {
  const script = direction === 'up' ? migration.up : migration.down;
  return /\b(delete|drop|replace)\b/i.test(script?.text ?? '');
}

function isAtomic(steps: readonly Step[]): boolean {
  const [only, ...others] = steps;
  if (!only || others.length > 0) {
    return false;
  }
  try {
    const { migration, direction } = only;
    return (
      prepareScript(direction === 'up' ? migration.up : migration.down!).mode !== 'nonTransactional'
    );
  } catch {
    return true; // refused before it does anything
  }
}

/**
 * Names all that a rehearsal depends on: the database's content, as far as {@link databaseStamp} can
 * tell, and the folder's migrations. As long as it is the same, what was tried need not be tried again.
 *
 * @param path canonical path of the database
 */
export function contentName(path: string, migrations: readonly Migration[]): string {
  const hash = loadCrypto().createHash('sha256').update(databaseStamp(path));
  const add = ({ text, transaction, foreignKeys }: Script): void => {
    hash.update(`\0${text.length} ${transaction} ${foreignKeys}\0${text}`);
  };
  for (const { version, id, up, down } of migrations) {
    hash.update(`\0${version}\0${id}\0${down ? 2 : 1}`);
    add(up);
    if (down) {
      add(down);
    }
  }
  return hash.digest('base64');
}

/** For pairing: the versions a database records, undefined where it has no history of ours. */
export function readVersions(
  { path, table }: ThreadCalls['versions']['ask'],
  context: ThreadContext,
): string[] | undefined {
  try {
    return readHistory(path, table, context).value;
  } catch (error) {
    if (error instanceof LockstepError) {
      return undefined; // somebody else's table of that name
    }
    throw error;
  }
}
