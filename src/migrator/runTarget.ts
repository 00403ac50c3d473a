import { lockPaths } from '../lock/lockPaths';
import { readCard } from '../lock/readCard';
import type { RunEvent } from '../core/run/runEvent';
import { runMigrations, type RunReport } from '../core/run/runMigrations';
import { canonicalPath } from '../sqlite/canonicalPath';
import type { ThreadCalls } from './threadMessages';
import { marksOf, runLogOf, type ThreadWorld } from './threadWorld';

/** Runs a job in this thread. @param emit gets what happens while it happens */
export function runTarget(
  { target, job, token }: ThreadCalls['run']['ask'],
  world: ThreadWorld,
  emit: (event: RunEvent) => void,
): RunReport {
  const path = canonicalPath(target.database);
  const { format, migrations } = world.reader.read(target);
  return runMigrations(job, {
    factory: world.engine.connections(path),
    format,
    migrations,
    log: runLogOf(world, path),
    marks: marksOf(path),
    control: world.control,
    emit,
    otherHolder: () => {
      const holder = readCard(lockPaths(path).card)?.holder;
      return holder?.token === token ? undefined : holder;
    },
  });
}
