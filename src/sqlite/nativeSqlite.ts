import type * as sqlite from 'node:sqlite';

/** What `node:sqlite` exports; which methods it has depends on the Node that runs. */
export type NativeModule = typeof sqlite;

/**
 * `node:sqlite` where this process has it, found by asking: versions do not tell (some builds of
 * Electron lack it, https://github.com/electron/electron/issues/47671).
 */
export function nativeSqlite(): NativeModule | undefined {
  return withoutWarnings(() => {
    try {
      const found = process.getBuiltinModule?.('node:sqlite');
      return typeof found?.DatabaseSync === 'function' ? found : undefined;
    } catch {
      return undefined;
    }
  });
}

/** Node 22 and 24.0 print an ExperimentalWarning, synchronously, when the module is first loaded. */
function withoutWarnings<T>(load: () => T): T {
  const emitWarning = process.emitWarning;
  process.emitWarning = () => {};
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
