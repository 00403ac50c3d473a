import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Connection, ConnectionFactory } from '../core/connection';
import { databaseContent } from './databaseContent';
import { NativeConnection } from './nativeConnection';
import { nativeOptions } from './nativeConnectionFactory';
import type { NativeModule } from './nativeSqlite';
import { nativeVersion } from './nativeVersion';

/** Action codes (https://www.sqlite.org/c3ref/c_alter_table.html) and answers of an authorizer. */
const attach = 24;
const pragma = 19;
const allow = 0;
const deny = 1;

/**
 * Opens a copy of a database, a file of ours, through `node:sqlite`. SQL that runs on it reaches no
 * other file: ATTACH and VACUUM INTO are refused by the engine where it can, and by whoever screens
 * the statements where it cannot.
 */
export class NativeTrial implements ConnectionFactory {
  readonly engine = 'native';
  private readonly file: string;

  /**
   * @param path of the database that it stands for, for messages
   * @param folder where the file is made; the caller's to remove
   */
  constructor(
    readonly path: string,
    bytes: Uint8Array | undefined,
    folder: string,
    private readonly sqlite: NativeModule,
  ) {
    this.file = join(folder, 'copy.db');
    ['', '-wal', '-shm', '-journal'].forEach((end) => rmSync(this.file + end, { force: true }));
    writeFileSync(this.file, bytes ?? new Uint8Array(), { mode: 0o600 });
  }

  open({ foreignKeys }: { foreignKeys: boolean }): Connection {
    const database = new this.sqlite.DatabaseSync(this.file, nativeOptions(foreignKeys));
    refuseFiles(database);
    // Nobody needs it after a power failure.
    const setUp = 'PRAGMA cache_size=-16000; PRAGMA synchronous=OFF';
    return new NativeConnection(database, nativeVersion(this.sqlite), this.path, undefined, setUp);
  }

  content(): Uint8Array {
    const connection = this.open({ foreignKeys: false });
    try {
      return databaseContent(connection as NativeConnection);
    } finally {
      connection.close();
    }
  }

  close(): void {}
}

/** VACUUM attaches as well: a database without a name, and VACUUM INTO one with a name. */
function refuseFiles(database: DatabaseSync): void {
  const setAuthorizer = database.setAuthorizer as DatabaseSync['setAuthorizer'] | undefined;
  setAuthorizer?.call(database, (code, first) => {
    const refused =
      (code === attach && first !== '' && first !== ':memory:') ||
      (code === pragma && /^(temp|data)_store_directory$/i.test(first ?? ''));
    return refused ? deny : allow;
  });
}
