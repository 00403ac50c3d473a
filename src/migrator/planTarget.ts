import { LockstepError, errorInfo } from '../core/errors';
import { migrationRef } from '../core/migration';
import type { Step } from '../core/plan/plan';
import { refuseDuplicates } from '../core/plan/refuseDuplicates';
import { prepareScript } from '../core/sql/prepareScript';
import { canonicalPath } from '../sqlite/canonicalPath';
import { contentName } from './rehearsal/contentName';
import { readHistory } from './readHistory';
import type { PlanLook, ThreadCalls } from './threadMessages';
import { marksOf, runLogOf, type ThreadWorld } from './threadWorld';

/** What a run would do as things stand, without taking any lock. */
export function planTarget(
  { target, direction, goal, named }: ThreadCalls['plan']['ask'],
  world: ThreadWorld,
): PlanLook {
  const { name, sqliteVersion } = world.engine;
  const engine = { name, sqliteVersion };
  try {
    const path = canonicalPath(target.database);
    const { format, migrations } = world.reader.read(target);
    if (migrations.length === 0 && direction === 'up') {
      throw new LockstepError('migrations.none', { folder: target.folders.join(', ') });
    }
    const { value: applied, state, message = '' } = readHistory(path, format.historyTable, world);
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
    const log = runLogOf(world, path).read();
    const plan = world.plans.plan(path, { format, migrations, applied, log, direction, goal });
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
    return prepareScript(direction === 'up' ? migration.up : migration.down!).mode !== 'outside';
  } catch {
    return true; // refused before it does anything
  }
}
