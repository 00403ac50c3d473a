import type { Probe } from './lookResult';
import type { NativeModule } from './nativeSqlite';

/** Whether a file is a SQLite database: quick, for thousands of candidates; leaves nothing behind. */
export function probe(_path: string, _sqlite?: NativeModule): Probe {
  throw new Error('not built yet');
}
