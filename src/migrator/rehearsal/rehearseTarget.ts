import type { RehearsalReport } from '../../core/rehearsal/rehearsalJob';
import { rehearse } from '../../core/rehearsal/rehearse';
import type { RunEvent } from '../../core/run/runEvent';
import { canonicalPath } from '../../sqlite/canonicalPath';
import { reachCheck } from '../../sqlite/reachCheck';
import type { ThreadCalls } from '../threadMessages';
import { runLogOf, type ThreadWorld } from '../threadWorld';

/** Runs migrations on a copy in this thread. */
export async function rehearseTarget(
  { target, job, bytes, folder, reach }: ThreadCalls['rehearse']['ask'],
  world: ThreadWorld,
  emit?: (event: RunEvent) => void,
): Promise<RehearsalReport> {
  const path = canonicalPath(target.database);
  const { format, migrations } = world.reader.read(target);
  const log = runLogOf(world, path).read();
  const copy = world.engine.openSnapshot(path, bytes, folder);
  try {
    const { control } = world;
    const mayReach = reachCheck(path, reach);
    const env = { factory: copy, format, migrations, log, control, mayReach };
    const report = await rehearse(job, { ...env, emit });
    const { again: goal } = job;
    if (!goal || (report.verdict !== 'works' && report.verdict !== 'schemaOnly')) {
      return report;
    }
    const { verdict, losses, ...again } = await rehearse(
      { ...job, direction: 'up', goal, intended: undefined },
      env,
    );
    const failed = again.steps.map((step) => step.verdict).find((step) => step.kind === 'fails');
    return { ...report, again: { verdict, losses, error: failed?.error ?? again.error } };
  } finally {
    copy.close();
  }
}
