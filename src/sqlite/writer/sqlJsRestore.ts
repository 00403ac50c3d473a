import { readFileSync, statSync } from 'node:fs';
import { SqliteError } from '../../core/connection';
import { LockstepError } from '../../core/errors';
import { processIdentity } from '../../system/process';
import { createIfMissing, headerKind, setRollbackMode } from '../databaseFile';
import type { RestoreSession } from '../engine';
import { translateFileErrors } from '../errors';
import { Claim } from './claim';
import {
  isStill,
  loadDatabase,
  type LoadedDatabase,
  type LoadLimits,
  replaceDatabase,
} from './replaceDatabase';

/**
 * Restores where there is no `node:sqlite`: by another file in the place of the database's, as every
 * write is there. Mode and links stay, other programs' connections do not. The claim is kept from
 * `hold` on, so among Lockstep's own nobody writes in between.
 */
export class SqlJsRestore implements RestoreSession {
  private claim: Claim | undefined;
  private loaded: LoadedDatabase | undefined;

  /**
   * @param path canonical path of the database
   * @param backup absolute path
   */
  constructor(
    private readonly path: string,
    private readonly backup: string,
    private readonly limits: LoadLimits,
  ) {}

  get isSaved(): boolean {
    return this.claim !== undefined && isStill(this.path, this.loaded!.print);
  }

  hold(): boolean {
    this.close();
    this.claim = translateFileErrors(() => {
      createIfMissing(this.path, statSync(this.backup).mode & 0o777);
      this.limits.use.assertUnused();
      return Claim.take(this.path, processIdentity());
    });
    if (!this.claim) {
      throw new SqliteError('database is locked', 5);
    }
    try {
      this.loaded = loadDatabase(this.path, this.limits);
      return this.loaded.bytes.length > 0;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  async save(copy?: () => Promise<void>): Promise<void> {
    await copy?.();
  }

  async replace(proceed: () => void): Promise<void> {
    proceed();
    const bytes = translateFileErrors(() => readFileSync(this.backup));
    if (headerKind(bytes) === 'wal') {
      setRollbackMode(bytes); // the only mode that can be served here
    }
    try {
      replaceDatabase(this.path, this.loaded!.print, bytes, this.claim!, this.limits.use);
    } catch (error) {
      this.close();
      const isReplaced = error instanceof LockstepError && error.code === 'database.replaced';
      throw isReplaced ? new SqliteError('database is locked', 5) : error;
    }
  }

  close(): void {
    this.claim?.release();
    this.claim = undefined;
    this.loaded = undefined;
  }
}
