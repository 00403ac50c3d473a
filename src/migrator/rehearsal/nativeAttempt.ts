import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CopyInfo, EngineInfo } from '../../core/rehearsal/rehearsal';
import type { RehearsalReport } from '../../core/rehearsal/rehearsalJob';
import { limitedCall } from './limitedCall';
import type { RehearsalRequest } from './rehearsalRequest';

/** What came of a rehearsal in the engine that would run the migrations. */
export interface NativeAttempt {
  readonly report: RehearsalReport;
  readonly copy: CopyInfo;
  readonly engine: EngineInfo;
}

const prefix = 'lockstep-rehearsal-';

/**
 * Rehearses through `node:sqlite` on a copy in a temporary folder: what sql.js lacks. In a process of
 * its own, since a statement of `node:sqlite` can only be stopped with its process.
 *
 * @param modulePath of the bundled migrator
 * @throws LockstepError `rehearsal.cannot`, `run.cancelled`, `migrator.crashed`
 */
export async function attemptNatively(
  request: RehearsalRequest,
  modulePath: string,
  signal: AbortSignal | undefined,
): Promise<NativeAttempt> {
  const { MigratorClient } = await import('../client');
  sweep();
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  const client = new MigratorClient({ modulePath, log: () => undefined });
  try {
    const { maxMs } = request.limits;
    const work = client.attempt({ request, folder });
    return await limitedCall(work, { maxMs, signal }, () => client.dispose());
  } finally {
    await client.end();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Removes what killed processes have left. */
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(prefix) ? parseInt(name.slice(prefix.length), 10) : NaN;
    if (pid > 0 && !isAlive(pid)) {
      try {
        rmSync(join(tmpdir(), name), { recursive: true, force: true });
      } catch {
        // Another user's, most likely: no reason to try nothing here.
      }
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
