import type { Backup } from '../backup';
import type { EngineName } from '../connection';
import type { ErrorInfo } from '../errors';
import type { HolderName, Owner } from '../holder';
import type { MigrationRef } from '../migration';
import type { Outcome } from './runEvent';
import type { WaitLimits } from './runRequest';

/** Asks for a database to become again what a backup of it says. */
export interface RestoreRequest {
  /** Absolute path as the person knows it; need not exist. */
  readonly database: string;
  /** Of one of the database's backups. */
  readonly name: string;
  readonly owner: Owner;
  readonly engine: EngineName | 'auto';
  readonly wait: WaitLimits;
  /** See `BackupOptions`; the copy of what is replaced is made in any case. */
  readonly keep?: number;
}

export interface RestoreResult {
  readonly outcome: Outcome;
  /** What the database is now. Set only where `outcome` is `done`. */
  readonly restored?: Backup;
  /** Absolute path of the copy of what was there before; absent where nothing was. */
  readonly backup?: string;
  /** A migration that had been interrupted after the backup was made, so that it no longer is. */
  readonly undone?: MigrationRef;
  /** Who still has the lock that we did not get. */
  readonly holder?: HolderName;
  readonly error?: ErrorInfo;
  readonly ms: number;
}
