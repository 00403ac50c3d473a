import type { HistoryTable } from '../core/history/historyTable';
import { databaseContent } from './databaseContent';
import { look } from './look';
import type { LookResult } from './lookResult';
import type { NativeConnection } from './nativeConnection';
import type { NativeModule } from './nativeSqlite';
import { cloneSchema } from './schemaClone';

/** A consistent copy of a database, as a file's bytes. */
export interface DatabaseCopy {
  readonly kind: 'full' | 'schema';
  readonly bytes: Uint8Array;
}

export interface CopyOptions {
  /** Bytes; of a larger database only the schema and the history are copied. */
  readonly maxBytes: number;
  readonly historyTable: HistoryTable;
}

/**
 * Copies a database by a look: leaves nothing beside it and holds no lock for longer than it takes.
 * What is in a `-wal` is in the copy.
 */
export function copyDatabase(
  path: string,
  { maxBytes, historyTable }: CopyOptions,
  sqlite: NativeModule,
): LookResult<DatabaseCopy> {
  return look(
    path,
    (connection) => {
      const { bytes } = connection.get(
        'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size',
      )!;
      return Number(bytes) > maxBytes
        ? { kind: 'schema', bytes: cloneSchema(connection, historyTable, sqlite) }
        : { kind: 'full', bytes: databaseContent(connection as NativeConnection) };
    },
    sqlite,
  );
}
