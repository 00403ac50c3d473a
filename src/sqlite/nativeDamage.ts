import { damageOf } from './damage';
import { fileIdentity } from './fileIdentity';
import type { NativeModule } from './nativeSqlite';
import { readOnlyConnection } from './readOnlyConnection';

/** See `damageOf`; of a file that nobody writes. Leaves nothing behind. */
export function nativeDamage(path: string, sqlite: NativeModule): string | undefined {
  const file = fileIdentity(path);
  if (!file) {
    return 'the file is gone';
  }
  const connection = readOnlyConnection(sqlite, path, file, 'immutable', 0);
  try {
    return damageOf(connection);
  } finally {
    connection.close();
  }
}
