import { closeSync, openSync } from 'node:fs';
import { nativeCopy } from '../../src/sqlite/native/nativeCopy';
import type { NativeModule } from '../../src/sqlite/native/nativeModule';

/** Copies a database into a file, which is made where there is none. */
export async function copyTo(
  path: string,
  to: string,
  sqlite: NativeModule,
  proceed: () => void,
): Promise<void> {
  const file = openSync(to, 'w');
  try {
    await nativeCopy(path, { path: to, file }, sqlite, proceed);
  } finally {
    closeSync(file);
  }
}
