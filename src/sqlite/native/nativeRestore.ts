import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { type Connection, SqliteError } from '../../core/connection';
import { LockstepError } from '../../core/errors';
import {
  createIfMissing,
  type DatabaseFiles,
  statDatabase,
  fileTick,
  sameState,
  sleep,
} from '../databaseFile';
import type { RestoreSession } from '../engine';
import { translateErrors, translateFileErrors } from '../errors';
import { isClaimed } from '../fileWriters';
import { NativeConnectionFactory } from './nativeConnection';
import { nativeBackup } from './nativeCopy';
import { readOnlyDatabase } from './nativeLook';
import type { NativeModule } from './nativeModule';

/**
 * Restores through SQLite's backup API, into the file that is there: its inode, mode and links stay,
 * and so do the connections of other programs, which see the restored content in their next
 * transaction.
 *
 * No connection can hand its write lock to another, so for an instant between `save` and `replace`
 * nobody has it. Whether somebody wrote in that instant is known from the times and sizes of the files,
 * looked at when the new lock is had and nothing is written yet.
 */
export class NativeRestore implements RestoreSession {
  private readonly source: DatabaseSync;
  private readonly factory: NativeConnectionFactory;
  private guard: Connection | undefined;
  private saved: DatabaseFiles | undefined;

  /**
   * @param path canonical path of the database
   * @param backup absolute path
   * @throws LockstepError `restore.refused` where this Node has no backup API
   */
  constructor(
    private readonly path: string,
    private readonly backup: string,
    private readonly sqlite: NativeModule,
  ) {
    if (typeof sqlite.backup !== 'function') {
      throw this.refusal('noBackupApi');
    }
    this.factory = new NativeConnectionFactory(path, sqlite);
    this.source = readOnlyDatabase(sqlite, backup, 'immutable');
  }

  get isSaved(): boolean {
    const { saved } = this;
    const now = statDatabase(this.path);
    return (
      saved !== undefined && sameState(saved.main, now?.main) && sameState(saved.wal, now?.wal)
    );
  }

  hold(): boolean {
    this.releaseGuard();
    // With the backup's mode, which is that of the database it was made from.
    translateFileErrors(() => createIfMissing(this.path, statSync(this.backup).mode & 0o777));
    const guard = (this.guard = this.factory.open({ foreignKeys: false }));
    try {
      guard.exec('BEGIN IMMEDIATE');
      this.assertSamePageSize(guard);
      return guard.get('SELECT 1 FROM main.sqlite_schema LIMIT 1') !== undefined;
    } catch (error) {
      if (error instanceof SqliteError && (error.code & 0xff) === 11) {
        return true; // CORRUPT: whatever is in it can be copied all the same
      }
      this.releaseGuard();
      throw error instanceof SqliteError && (error.code & 0xff) === 26
        ? this.refusal('notADatabase')
        : error;
    }
  }

  async save(copy?: () => Promise<void>): Promise<void> {
    try {
      await copy?.();
      this.guard!.assertSameFile();
      this.saved = settledFiles(this.path);
      // Kept open: the last connection that closes would move the WAL into the file.
      if (this.guard!.inTransaction) {
        this.guard!.exec('ROLLBACK');
      }
    } catch (error) {
      this.releaseGuard();
      throw error;
    }
  }

  async replace(proceed: () => void): Promise<void> {
    // A backup of one page is copied in one step, and nobody is asked in between.
    this.assertUntouched();
    let isChecked = false;
    await nativeBackup(this.source, this.path, this.sqlite, () => {
      if (!isChecked) {
        isChecked = true;
        this.assertUntouched();
      }
      proceed();
    });
  }

  close(): void {
    this.releaseGuard();
    if (this.source.isOpen) {
      this.source.close();
    }
  }

  private releaseGuard(): void {
    this.guard?.close();
    this.guard = undefined;
    this.saved = undefined;
  }

  /** To be called with the lock, before anything is written. */
  private assertUntouched(): void {
    if (!this.isSaved || isClaimed(this.path)) {
      throw new SqliteError('database is locked', 5);
    }
  }

  /** SQLite cannot change it under a write-ahead log (https://www.sqlite.org/c3ref/backup_finish.html). */
  private assertSamePageSize(guard: Connection): void {
    const mode = guard.get('PRAGMA main.journal_mode')?.journal_mode;
    const is = Number(guard.get('PRAGMA main.page_size')?.page_size);
    const { page_size: was } = translateErrors(
      () => this.source.prepare('PRAGMA page_size').get() as { page_size: number },
    );
    if (mode === 'wal' && is !== was) {
      throw this.refusal('pageSize', { is, was });
    }
  }

  private refusal(reason: string, more: Record<string, number> = {}): LockstepError {
    const { path, backup } = this;
    return new LockstepError('restore.refused', { path, name: basename(backup), reason, ...more });
  }
}

/** The files' states, once they are old enough for any later write to be told by its time. */
function settledFiles(path: string): DatabaseFiles | undefined {
  for (;;) {
    const files = statDatabase(path);
    const now = BigInt(Date.now()) * 1_000_000n;
    const isFresh = [files?.main, files?.wal].some((file) => {
      const age = file && now - file.mtimeNs;
      return age !== undefined && age < fileTick(file!) && -age < fileTick(file!);
    });
    if (!isFresh) {
      return files;
    }
    sleep(20);
  }
}
