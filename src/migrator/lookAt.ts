import { errorInfo } from '../core/errors';
import { describeHistory } from '../core/plan/describeHistory';
import type { RunningMark } from '../core/status';
import type { Target } from '../core/target';
import { canonicalPath } from '../sqlite/canonicalPath';
import { readHistory } from './readHistory';
import type { Look } from './threadMessages';
import { marksOf, runLogOf, type ThreadWorld } from './threadWorld';

/** Looks at a database and its folder. What cannot be read is an `error` in the answer. */
export function lookAt(target: Target, world: ThreadWorld): Look {
  const nothing: Look = {
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
    const { name, sqliteVersion } = world.engine;
    partial = { ...partial, path, engine: { name, sqliteVersion }, mark: lookAtMark(path) };
    const { format, migrations } = world.reader.read(target);
    partial = { ...partial, format: format.name };
    const { value: applied, ...look } = readHistory(path, format.historyTable, world);
    partial = { ...partial, look };
    if (!applied) {
      return partial;
    }
    const log = runLogOf(world, path).read();
    const goal = { kind: 'all' } as const;
    const plan = world.plans.plan(path, {
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

function lookAtMark(path: string): RunningMark | undefined {
  const marks = marksOf(path);
  const mark = marks.read();
  if (!mark || mark.persisted === 0) {
    return undefined;
  }
  const { migration, direction, statement, statements, since, failed } = mark;
  const orphaned = failed !== undefined || !marks.isAlive(mark);
  return { migration, direction, statement, statements, since, orphaned };
}
