import { fsyncSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { SqliteError } from '../../core/connection';
import { LockstepError } from '../../core/errors';
import { processIdentity } from '../../system/process';
import { createIfMissing, headerKind, setRollbackMode } from '../databaseFile';
import type { DatabaseWriter, RestoreSession } from '../engine';
import { damageOf, translateFileErrors } from '../errors';
import { MemoryConnection, type SqlJs, sqlJsVersion } from '../sqljs/memoryConnection';
import { Claim, claimState } from './claim';
import { JournalWait, FileUseWait } from './fileUseWait';
import {
  isUnchanged,
  loadDatabase,
  type LoadedDatabase,
  type LoadLimits,
  replaceDatabase,
} from './replaceDatabase';
import { sqlJsCeiling, SqlJsConnectionFactory } from './sqlJsConnection';

/** The writer of last resort, for hosts without `node:sqlite`. */
export const sqlJsWriter = {
  claimState,

  sweep(database: string): void {
    Claim.sweepDead(database, processIdentity());
  },

  create(sqlJs: SqlJs): DatabaseWriter {
    return {
      connections: (path) => new SqlJsConnectionFactory(path, sqlJs),
      copies: {
        // eslint-disable-next-line @typescript-eslint/require-await -- what it throws must reject
        copy: async (path, { file }) => copy(path, file, loadLimits(path)),
        damage: (path) => damage(path, sqlJs),
        restore: (path, backup) => new SqlJsRestore(path, backup, loadLimits(path)),
      },
    };
  },
};

function loadLimits(path: string): LoadLimits {
  return { ceiling: sqlJsCeiling, journalWait: new JournalWait(), use: new FileUseWait(path) };
}

/**
 * Copies a database that nobody writes. What could be missing
 * from the file, a `-wal` or `-journal` beside it, is refused.
 *
 * @param to an empty file, open to write; durable when it returns
 * @throws LockstepError, SqliteError as `loadDatabase`
 */
function copy(path: string, to: number, limits: LoadLimits): void {
  const { bytes } = loadDatabase(path, limits);
  translateFileErrors(() => {
    writeFileSync(to, bytes);
    fsyncSync(to);
  });
}

/** See `damageOf`. */
function damage(path: string, sqlJs: SqlJs): string | undefined {
  const bytes = translateFileErrors(() => readFileSync(path));
  if (headerKind(bytes) === 'wal') {
    setRollbackMode(bytes);
  }
  const connection = new MemoryConnection(sqlJs, sqlJsVersion(sqlJs), bytes);
  try {
    connection.exec('PRAGMA trusted_schema=0');
    return damageOf(connection);
  } finally {
    connection.close();
  }
}

/**
 * Restores where there is no `node:sqlite`: by another file in the place of the database's, as every
 * write is there. Mode and links stay, other programs' connections do not. The claim is kept from
 * `hold` on, so among Lockstep's own nobody writes in between.
 */
class SqlJsRestore implements RestoreSession {
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
    return this.claim !== undefined && isUnchanged(this.path, this.loaded!.print);
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

  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws must reject
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
