import { closeSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SqlJs } from 'sql.js';
import type { Connection, ConnectionFactory } from '../core/connection';
import type { ProcessIdentity } from '../core/holder';
import { processIdentity } from '../process/processIdentity';
import { translateFileErrors } from './fileError';
import { JournalPatience } from './journalPatience';
import { SqlJsConnection } from './sqlJsConnection';
import { sqlJsVersion } from './sqlJsVersion';

export interface SqlJsFactoryOptions {
  /** Bytes over which a database is refused; memory needed is twice as much. */
  readonly ceiling?: number;
  /** Milliseconds after which an unchanged `-journal` counts as left by a killed program. */
  readonly journalPatience?: number;
  readonly self?: ProcessIdentity;
}

/**
 * Opens one database for writing through sql.js, the writer of last resort. Exactly once among
 * Lockstep's own processes; a foreign program that writes in the moment the file is replaced loses
 * what it wrote.
 */
export class SqlJsConnectionFactory implements ConnectionFactory {
  readonly engine = 'sqljs';
  readonly path: string;
  private readonly sqliteVersion: string;
  private readonly self: ProcessIdentity;
  private readonly ceiling: number;
  private readonly patience: JournalPatience;

  /** @param path absolute, canonical */
  constructor(
    path: string,
    private readonly sqlJs: SqlJs,
    options: SqlJsFactoryOptions = {},
  ) {
    this.path = resolve(path);
    this.sqliteVersion = sqlJsVersion(sqlJs);
    this.self = options.self ?? processIdentity();
    this.ceiling = options.ceiling ?? 512 * 1024 * 1024;
    this.patience = new JournalPatience(options.journalPatience);
  }

  /** Reads nothing yet; whatever is to be refused is refused by the first statement. */
  open({ foreignKeys }: { foreignKeys: boolean }): Connection {
    translateFileErrors(() => createIfMissing(this.path));
    const { sqlJs, sqliteVersion, self, ceiling, patience } = this;
    const settings = { sqlJs, sqliteVersion, self, ceiling, patience };
    return new SqlJsConnection(this.path, settings, foreignKeys);
  }
}

/** As SQLite does: with no bytes. */
function createIfMissing(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o644));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
  }
}
