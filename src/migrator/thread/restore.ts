import type { Backup, MigrationRef } from '../../core/model';
import { SqliteError } from '../../core/connection';
import { errorInfo, LockstepError } from '../../core/errors';
import { databaseError } from '../../core/run/runSession';
import { outcomeOf, type RunEvent } from '../../core/run/runEvents';
import type { Mark, MarkStore } from '../../core/run/runningMark';
import { LockWaiter } from '../../core/run/waitForLock';
import { canonicalPath } from '../../sqlite/databaseFile';
import type { RestoreSession } from '../../sqlite/engine';
import { BackupFolder } from '../backupFolder';
import type { RestoreAsk, RestoreReport } from '../threadProtocol';
import { type MadeBackup, makeBackup } from './backup';
import { marksOf, otherHolder } from '../sidecar';
import type { ThreadContext } from './threadContext';

type Emit = (event: RunEvent) => void;

/** Restores a backup. @param emit gets what happens while it happens */
export async function restoreInThread(
  ask: RestoreAsk,
  context: ThreadContext,
  emit: Emit,
): Promise<RestoreReport> {
  const restore = new Restore(ask, context, emit);
  try {
    return { outcome: 'done', ...(await restore.run()) };
  } catch (error) {
    const info = errorInfo(databaseError(error, restore.path));
    return { outcome: outcomeOf(info.code), backup: restore.saved?.file, error: info };
  }
}

class Restore {
  public readonly path: string;
  /** The copy of what is to be replaced, once there is one. */
  public saved: MadeBackup | undefined;
  private readonly folder: BackupFolder;
  private readonly proceed = (): void => {
    if (this.context.control.cancelled) {
      throw new LockstepError('run.cancelled');
    }
  };

  constructor(
    private readonly ask: RestoreAsk,
    private readonly context: ThreadContext,
    private readonly emit: Emit,
  ) {
    this.path = canonicalPath(ask.request.database);
    this.folder = new BackupFolder(this.path);
  }

  public async run(): Promise<Pick<RestoreReport, 'restored' | 'backup' | 'undone'>> {
    const { request } = this.ask;
    const wanted = this.folder.find(request.name);
    this.refuseDamaged(wanted);
    const mark = this.folder.marksOf(wanted.file).read();
    const session = this.context.engine.copies.restore(this.path, wanted.file);
    try {
      await this.waiter().untilDone(() => this.attempt(session, mark));
    } finally {
      session.close();
    }
    const undone = mark ? undefined : this.forgetLaterMark(wanted);
    if (request.keep) {
      const inUse = [wanted.file, ...(this.saved ? [this.saved.file] : [])];
      this.folder.prune(request.keep, inUse);
    }
    return { restored: wanted, backup: this.saved?.file, undone };
  }

  /** @param mark of the state that comes back */
  private async attempt(session: RestoreSession, mark: Mark | undefined): Promise<void> {
    this.proceed();
    this.refuseWhileMarked();
    if (!session.isSaved) {
      const hasContent = session.hold();
      await session.save(hasContent ? () => this.save() : undefined);
    }
    const undoMark = mark && restoreMark(marksOf(this.path), mark);
    try {
      await this.context.control.committingFor(() => session.replace(this.proceed));
    } catch (error) {
      undoMark?.();
      throw error;
    }
  }

  /** Copies what is to be replaced, damaged or not: that may be why it is replaced. */
  private async save(): Promise<void> {
    const start = performance.now();
    const { path, folder, proceed, context } = this;
    const { copies } = context.engine;
    const reason = { kind: 'restore' } as const;
    const earlier = this.saved;
    const made = await makeBackup({ path, folder, copies, reason, evenDamaged: true, proceed });
    if (made.isNew && earlier?.isNew) {
      folder.remove(earlier.file); // of a state that somebody wrote to since
    }
    this.saved = { ...made, isNew: made.isNew || earlier?.isNew === true };
    const { file, bytes } = made;
    this.emit({ type: 'backedUp', file, bytes, ms: Math.round(performance.now() - start) });
  }

  private refuseDamaged({ name, file }: Backup): void {
    const message = this.context.engine.copies.damage(file);
    if (message !== undefined) {
      const { path } = this;
      throw new LockstepError('restore.refused', { path, name, reason: 'damaged', message });
    }
  }

  /** A step outside a transaction is at work; it has SQLite's lock only now and then. */
  private refuseWhileMarked(): void {
    const marks = marksOf(this.path);
    const mark = marks.read();
    if (mark && !mark.failed && marks.isAlive(mark)) {
      throw new SqliteError('a migration is at work', 5);
    }
  }

  /** What was interrupted after the backup was made has not happened any more. */
  private forgetLaterMark({ at }: Backup): MigrationRef | undefined {
    const marks = marksOf(this.path);
    const mark = marks.read();
    if (!mark || !(Date.parse(at) <= Date.parse(mark.since))) {
      return undefined;
    }
    marks.remove();
    return mark.migration;
  }

  private waiter(): LockWaiter {
    const { request, waitedMs, token } = this.ask;
    return new LockWaiter(
      { wait: request.wait, waitedMs },
      {
        control: this.context.control,
        emit: this.emit,
        otherHolder: () => otherHolder(this.path, token),
      },
    );
  }
}

/** No process of any machine: a mark with this owner is an orphan. */
const nobody = { pid: 0, host: '', machine: '' } as const;

/**
 * Makes the mark of a backup the database's, before the backup's content is: a crash in between
 * leaves a warning too many, not one too few.
 *
 * @param marks with no living mark
 * @returns makes it again as it was, for when the content did not come back
 * @throws a busy `SqliteError` when somebody takes the mark in between
 */
function restoreMark(marks: MarkStore, mark: Mark): () => void {
  const earlier = marks.read();
  // From now on it is so: of backups made before, those without a mark are known to need none.
  const orphaned: Mark = { ...mark, owner: nobody, since: new Date().toISOString() };
  if (earlier) {
    marks.update(orphaned);
  } else if (!marks.create(orphaned)) {
    throw new SqliteError('a migration is at work', 5);
  }
  return () => (earlier ? marks.update(earlier) : marks.remove());
}
