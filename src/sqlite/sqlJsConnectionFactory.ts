import { resolve } from 'node:path';
import type { SqlJs } from 'sql.js';
import type { Connection, ConnectionFactory } from '../core/connection';
import type { ProcessIdentity } from '../core/holder';
import { processIdentity } from '../process/processIdentity';
import { createIfMissing } from './createIfMissing';
import { translateFileErrors } from './fileError';
import { JournalPatience } from './journalPatience';
import { SqlJsConnection } from './sqlJsConnection';
import { sqlJsVersion } from './sqlJsVersion';
import { UsePatience } from './usePatience';

/** Bytes over which a database is not read; memory needed is twice as much. */
export const sqlJsCeiling = 512 * 1024 * 1024;

export interface SqlJsFactoryOptions {
  /** Bytes over which a database is refused; memory needed is twice as much. */
  readonly ceiling?: number;
  /** Milliseconds after which an unchanged `-journal` counts as left by a killed program. */
  readonly journalPatience?: number;
  /** Milliseconds for which another program may use the database before it is refused. */
  readonly usePatience?: number;
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
  private readonly use: UsePatience;

  /** @param path absolute, canonical */
  constructor(
    path: string,
    private readonly sqlJs: SqlJs,
    options: SqlJsFactoryOptions = {},
  ) {
    this.path = resolve(path);
    this.sqliteVersion = sqlJsVersion(sqlJs);
    this.self = options.self ?? processIdentity();
    this.ceiling = options.ceiling ?? sqlJsCeiling;
    this.patience = new JournalPatience(options.journalPatience);
    this.use = new UsePatience(this.path, options.usePatience);
  }

  /** Reads nothing yet; whatever is to be refused is refused by the first statement. */
  open({ foreignKeys }: { foreignKeys: boolean }): Connection {
    translateFileErrors(() => createIfMissing(this.path, 0o644));
    const { sqlJs, sqliteVersion, self, ceiling, patience, use } = this;
    const settings = { sqlJs, sqliteVersion, self, ceiling, patience, use };
    return new SqlJsConnection(this.path, settings, foreignKeys);
  }
}
