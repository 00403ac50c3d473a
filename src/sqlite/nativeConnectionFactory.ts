import { resolve } from 'node:path';
import { statSync } from 'node:fs';
import type { DatabaseSyncOptions } from 'node:sqlite';
import type { Connection, ConnectionFactory } from '../core/connection';
import { LockstepError } from '../core/errors';
import type { ReachCheck } from '../core/run/reach';
import { fileIdentity, sameIdentity } from './fileIdentity';
import { translateErrors } from './nativeError';
import type { NativeModule } from './nativeSqlite';
import { nativeVersion } from './nativeVersion';
import { NativeWriter } from './nativeWriter';

/**
 * Shuts readers of a rollback-mode database out later: SQLite takes its exclusive lock when the cache
 * is full (https://www.sqlite.org/pragma.html#pragma_cache_spill). 16 MB.
 */
const largeCache = 'PRAGMA cache_size=-16000';

/** Opens one database for writing through `node:sqlite`. */
export class NativeConnectionFactory implements ConnectionFactory {
  readonly engine = 'native';
  readonly path: string;
  private readonly version: string;

  /**
   * @param path absolute; an absolute path is never taken for `:memory:` or a `file:` URI
   * @param mayReach where others' SQL is to run; a second line of defence
   */
  constructor(
    path: string,
    private readonly sqlite: NativeModule,
    private readonly mayReach?: ReachCheck,
  ) {
    this.path = resolve(path);
    this.version = nativeVersion(sqlite);
  }

  /**
   * Never waits and never fails because another connection holds a lock: the first statement does.
   * @throws SqliteError when the file cannot be opened or created
   * @throws LockstepError `database.notADatabase` for a folder, a pipe, a device;
   *   `database.replaced` when the path names another file at each look
   */
  open(options: { foreignKeys: boolean }): Connection {
    this.assertRegularFile();
    for (let attempt = 1; attempt <= 5; attempt++) {
      const before = fileIdentity(this.path);
      const database = translateErrors(
        () => new this.sqlite.DatabaseSync(this.path, nativeOptions(options.foreignKeys)),
      );
      const opened = fileIdentity(this.path);
      if (opened && (!before || sameIdentity(before, opened))) {
        const { version, path, mayReach } = this;
        return new NativeWriter(database, version, path, opened, largeCache, mayReach);
      }
      database.close();
    }
    throw new LockstepError('database.replaced', { path: this.path });
  }

  /** SQLite would open a pipe and wait. */
  private assertRegularFile(): void {
    if (statSync(this.path, { throwIfNoEntry: false })?.isFile() === false) {
      throw new LockstepError('database.notADatabase', { path: this.path });
    }
  }
}

/**
 * Every default that differs between the engines, other tools and the versions of Node, stated.
 * SQL that runs in the sqlite3 shell and in dbmate must run here:
 * - double-quoted strings are accepted, as both do;
 * - not defensive, as neither is: with it `PRAGMA writable_schema` and writes to shadow tables fail,
 *   and SQLite's own page on ALTER TABLE tells people to edit the schema that way
 *   (https://www.sqlite.org/lang_altertable.html). A workspace must be trusted before SQL runs;
 * - the schema stays trusted (`PRAGMA trusted_schema`): functions and virtual tables that reach further
 *   than the database are not there or refuse to be called from a schema anyway, since we add none, and
 *   a migration must not do something else here than in the app whose triggers it fires.
 */
export function nativeOptions(foreignKeys: boolean): DatabaseSyncOptions {
  return {
    enableForeignKeyConstraints: foreignKeys,
    enableDoubleQuotedStringLiterals: true,
    defensive: false,
    allowExtension: false,
    readOnly: false,
    timeout: 0,
  };
}
