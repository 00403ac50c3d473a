import type { Connection } from '../core/connection';
import type { LookResult } from './lookResult';
import type { NativeModule } from './nativeSqlite';

/**
 * Looks at a database through `node:sqlite` and leaves nothing behind.
 *
 * @param read must only read; may be called again when the file changed meanwhile
 */
export function look<T>(
  _path: string,
  _read: (connection: Connection) => T,
  _sqlite?: NativeModule,
): LookResult<T> {
  throw new Error('not built yet');
}
