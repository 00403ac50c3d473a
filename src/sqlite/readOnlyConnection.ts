import { pathToFileURL } from 'node:url';
import type { DatabaseSync } from 'node:sqlite';
import type { FileIdentity } from './fileIdentity';
import { NativeConnection } from './nativeConnection';
import { translateErrors } from './nativeError';
import type { NativeModule } from './nativeSqlite';
import { nativeVersion } from './nativeVersion';

/**
 * How to open a file that must not change (https://www.sqlite.org/uri.html):
 * - `locking`: as any reader. Beside a WAL it needs `-shm`, and makes one where there is none.
 * - `immutable`: no locks, no `-wal`, no `-journal`: right only while nobody writes.
 * - `nolock`: no locks; refuses a database in WAL mode with error 14, which is how to tell.
 * - `plain`: as `locking`, where there are no URIs.
 */
export type ReadOnlyAccess = 'locking' | 'immutable' | 'nolock' | 'plain';

const parameters: Record<Exclude<ReadOnlyAccess, 'plain'>, string> = {
  locking: 'mode=ro',
  immutable: 'mode=ro&immutable=1',
  nolock: 'mode=ro&nolock=1',
};

/**
 * Opens a database for a look. Functions in a stranger's schema get no trust.
 * @param path with all links resolved; of an existing regular file
 * @param timeout milliseconds to wait for other connections
 */
export function readOnlyConnection(
  sqlite: NativeModule,
  path: string,
  file: FileIdentity,
  access: ReadOnlyAccess,
  timeout: number,
): NativeConnection {
  const database = readOnlyDatabase(sqlite, path, access);
  const connection = new NativeConnection(database, nativeVersion(sqlite), path, file);
  database.exec(`PRAGMA busy_timeout=${timeout}; PRAGMA trusted_schema=0`);
  return connection;
}

/** The same for `node:sqlite` itself. */
export function readOnlyDatabase(
  sqlite: NativeModule,
  path: string,
  access: ReadOnlyAccess,
): DatabaseSync {
  return translateErrors(
    () =>
      new sqlite.DatabaseSync(
        access === 'plain' ? path : `${fileUri(path)}?${parameters[access]}`,
        {
          readOnly: true,
          enableForeignKeyConstraints: false,
          enableDoubleQuotedStringLiterals: true,
          defensive: true,
          allowExtension: false,
        },
      ),
  );
}

/** SQLite takes no host name in a URI, so that of a Windows share becomes part of the path. */
function fileUri(path: string): string {
  const url = pathToFileURL(path);
  return url.host ? `file:////${url.host}${url.pathname}` : url.href;
}
