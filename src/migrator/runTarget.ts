import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defaultBackupOptions } from '../core/backup';
import type { Finding } from '../core/finding';
import type { FormatName, Target } from '../core/target';
import type { RunEvent } from '../core/run/runEvent';
import { runMigrations, type RunReport } from '../core/run/runMigrations';
import { canonicalPath } from '../sqlite/canonicalPath';
import { reachCheck } from '../sqlite/reachCheck';
import { backupBeforeRun } from './backups/backupBeforeRun';
import { otherHolder } from './otherHolder';
import type { ThreadCalls } from './threadMessages';
import { marksOf, runLogOf, type ThreadWorld } from './threadWorld';

/** Milliseconds for which the files count as they were when the run was planned. */
const planMaxAgeMs = 50;

/** Runs a job in this thread. @param emit gets what happens while it happens */
export async function runTarget(
  { target, job, token, backup = defaultBackupOptions }: ThreadCalls['run']['ask'],
  world: ThreadWorld,
  emit: (event: RunEvent) => void,
): Promise<RunReport> {
  const path = canonicalPath(target.database);
  const { format, migrations } = world.reader.readRecent(target, planMaxAgeMs);
  const mayReach = reachCheck(path, job.reach);
  const report = await runMigrations(job, {
    factory: world.engine.connections(path, mayReach),
    mayReach,
    format,
    migrations,
    log: runLogOf(world, path),
    marks: marksOf(path),
    control: world.control,
    backUp: backupBeforeRun({ ...backup, path, direction: job.direction, emit }, world),
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
