import { lockPaths } from '../lock/lockPaths';
import { readCard } from '../lock/readCard';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Finding } from '../core/finding';
import type { FormatName, Target } from '../core/target';
import type { RunEvent } from '../core/run/runEvent';
import { runMigrations, type RunReport } from '../core/run/runMigrations';
import { canonicalPath } from '../sqlite/canonicalPath';
import { reachCheck } from '../sqlite/reachCheck';
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
  const mayReach = reachCheck(path, job.reach);
  const report = runMigrations(job, {
    factory: world.engine.connections(path, mayReach),
    mayReach,
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
