import { chmodSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { BackupReason } from '../../core/backup';
import { LockstepError } from '../../core/errors';
import type { Mark } from '../../core/run/runningMark';
import type { Copies } from '../../sqlite/engine';
import type { BackupFolder } from './backupFolder';
import { marksOf } from '../threadWorld';
import { sameContent } from './sameContent';

export interface BackupJob {
  /** Canonical path of the database, whose writers this thread keeps out. */
  readonly path: string;
  readonly folder: BackupFolder;
  readonly copies: Copies;
  readonly reason: BackupReason;
  /** A copy of a damaged database is wanted all the same. */
  readonly evenDamaged?: boolean;
  /** Called now and then; what it throws ends the making. */
  proceed(): void;
}

/** Where the copy is: a new file, or the newest backup where that is the same state. */
export interface MadeBackup {
  readonly file: string;
  readonly bytes: number;
  readonly isNew: boolean;
}

/**
 * Copies a database into its `.lockstep` folder: under another name at first, and under its own when
 * it is whole, checked and durable. Beside it goes the running mark, so that a state in which a step
 * is half done never comes back without it.
 *
 * @throws LockstepError `backup.failed`, and what `proceed` throws
 */
export async function makeBackup(job: BackupJob): Promise<MadeBackup> {
  const { folder, reason } = job;
  const paths = folder.paths({ at: new Date().toISOString(), reason });
  try {
    folder.sidecar.create();
    folder.sweep();
    const mark = marksOf(job.path).read();
    await copyChecked(job, paths.unfinished);
    const [newest] = folder.list();
    if (
      newest &&
      sameMark(folder.marksOf(newest.file).read(), mark) &&
      sameContent(newest.file, paths.unfinished)
    ) {
      // A run that failed and is tried again must not push out older states.
      rmSync(paths.unfinished, { force: true });
      return { file: newest.file, bytes: newest.bytes, isNew: false };
    }
    if (mark) {
      folder.marksOf(paths.final).update(mark); // first: the copy never is without it
    }
    renameSync(paths.unfinished, paths.final);
    folder.sidecar.sync();
    return { file: paths.final, bytes: statSync(paths.final).size, isNew: true };
  } catch (error) {
    folder.remove(paths.unfinished);
    throw error instanceof LockstepError ? error : failure(job, (error as Error).message);
  }
}

async function copyChecked(job: BackupJob, to: string): Promise<void> {
  const { path, copies } = job;
  // Nobody may read in the copy what they may not read in the database, not for a moment.
  writeFileSync(to, '', { flag: 'wx', mode: 0o600 });
  await copies.copy(path, to, () => job.proceed());
  job.proceed();
  const damage = job.evenDamaged ? undefined : copies.damage(to);
  if (damage !== undefined) {
    throw failure(job, damage);
  }
  chmodSync(to, statSync(path).mode & 0o777);
}

/** Whether two states are half done in the same way. When it was said, and by whom, is no difference. */
function sameMark(a: Mark | undefined, b: Mark | undefined): boolean {
  const [one, other] = [a, b].map(
    (mark) =>
      mark && [mark.migration.id, mark.direction, mark.statement, mark.persisted].join('\n'),
  );
  return one === other;
}

function failure({ folder }: BackupJob, message: string): LockstepError {
  return new LockstepError('backup.failed', { folder: folder.sidecar.folder, message });
}
