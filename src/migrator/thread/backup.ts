import {
  closeSync,
  fstatSync,
  ftruncateSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import type { BackupOptions, BackupReason, Direction, MigrationRef } from '../../core/model';
import type { Connection } from '../../core/connection';
import { LockstepError } from '../../core/errors';
import type { RunEnvironment } from '../../core/run/runEnvironment';
import type { RunEvent } from '../../core/run/runEvents';
import type { Mark } from '../../core/run/runningMark';
import type { Copies } from '../../sqlite/engine';
import { createPrivate, isAt, openToRead } from '../../system/files';
import { BackupFolder } from '../backupFolder';
import { marksOf } from '../sidecar';
import type { ThreadContext } from './threadContext';

interface BackupJob {
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
  const { path, folder, copies } = job;
  // Nobody may read in the copy what they may not read in the database, not for a moment.
  const file = createPrivate(to);
  let isWhole = false;
  try {
    await copies.copy(path, { path: to, file }, () => job.proceed());
    job.proceed();
    const damage = job.evenDamaged ? undefined : copies.damage(to);
    if (damage !== undefined) {
      throw failure(job, damage);
    }
    if (!isAt(file, to)) {
      throw new Error(`somebody replaced ${to} while it was made`);
    }
    folder.sidecar.share(file);
    isWhole = true;
  } finally {
    if (!isWhole) {
      ftruncateSync(file); // whatever its name is by now
    }
    closeSync(file);
  }
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

interface RunBackup extends BackupOptions {
  /** Canonical path of the database. */
  readonly path: string;
  readonly direction: Direction;
  emit(event: RunEvent): void;
}

/**
 * How a run makes its backup. The run has the write lock by then, so that the copy is what its first
 * statement finds: nothing that anybody commits can come in between.
 */
export function backupBeforeRun(
  { path, direction, keep, maxBytes, emit }: RunBackup,
  { engine, control }: ThreadContext,
): RunEnvironment['backUp'] {
  if (keep === 0) {
    return undefined;
  }
  return async (open, first) => {
    const bytes = sizeOf(open);
    const isEmpty = open.get('SELECT 1 FROM main.sqlite_schema LIMIT 1') === undefined;
    if (isEmpty || bytes > maxBytes) {
      const reason = isEmpty ? 'empty' : 'tooLarge';
      emit({ type: 'backupSkipped', reason, bytes, limit: maxBytes });
      return undefined;
    }
    const start = performance.now();
    const folder = new BackupFolder(path);
    const { file, bytes: copied } = await makeBackup({
      path,
      folder,
      copies: engine.copies,
      reason: reasonOf(direction, first),
      proceed: () => {
        if (control.cancelled) {
          throw new LockstepError('run.cancelled');
        }
      },
    });
    folder.prune(keep, [file]);
    emit({ type: 'backedUp', file, bytes: copied, ms: Math.round(performance.now() - start) });
    return file;
  };
}

function sizeOf(open: Connection): number {
  const pages = Number(open.get('PRAGMA main.page_count')?.page_count ?? 0);
  return pages * Number(open.get('PRAGMA main.page_size')?.page_size ?? 0);
}

function reasonOf(direction: Direction, { id }: MigrationRef): BackupReason {
  return { kind: direction, migration: id };
}

const chunk = 1024 * 1024;

/**
 * What SQLite's backup API sets anew in a copy: the file change counter, the schema cookie, and for
 * which counter and by which version the header was written (https://www.sqlite.org/fileformat.html#the_database_header).
 */
const countersOfFile = [
  [24, 28],
  [40, 44],
  [92, 100],
] as const;

/** Whether two databases are the same, page by page. Not for files that SQLite has open here. */
export function sameContent(a: string, b: string): boolean {
  const files = [a, b].flatMap((path) => openToRead(path) ?? []);
  try {
    if (files.length < 2) {
      return false;
    }
    const [size, other] = files.map((file) => fstatSync(file).size);
    if (size !== other) {
      return false;
    }
    const buffers = files.map(() => Buffer.alloc(Math.min(chunk, size))) as [Buffer, Buffer];
    for (let at = 0; at < size;) {
      const read = files.map((file, index) =>
        readSync(file, buffers[index], 0, Math.min(chunk, size - at), at),
      );
      const length = Math.min(...read);
      if (at === 0) {
        buffers.forEach((buffer) =>
          countersOfFile.forEach(([from, to]) => buffer.fill(0, from, to)),
        );
      }
      if (length === 0 || buffers[0].compare(buffers[1], 0, length, 0, length) !== 0) {
        return false;
      }
      at += length;
    }
    return true;
  } finally {
    files.forEach((file) => closeSync(file));
  }
}
