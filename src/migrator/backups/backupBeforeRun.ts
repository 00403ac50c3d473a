import type { BackupOptions, BackupReason } from '../../core/backup';
import type { Connection } from '../../core/connection';
import { LockstepError } from '../../core/errors';
import type { MigrationRef } from '../../core/migration';
import type { RunEnvironment } from '../../core/run/runEnvironment';
import type { RunEvent } from '../../core/run/runEvent';
import type { Direction } from '../../core/run/direction';
import type { ThreadWorld } from '../threadWorld';
import { BackupFolder } from './backupFolder';
import { makeBackup } from './makeBackup';

export interface BackupWish extends BackupOptions {
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
  { path, direction, keep, maxBytes, emit }: BackupWish,
  { engine, control }: ThreadWorld,
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
