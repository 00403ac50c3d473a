import type * as sqlite from 'node:sqlite';
import type { EngineName } from '../../core/connection';
import { LockstepError } from '../../core/errors';

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

/**
 * Which engine to use here.
 * @param available whether this process has `node:sqlite`
 * @throws LockstepError `engine.unavailable`
 */
export function chooseEngine(
  wanted: EngineName | 'auto',
  available: boolean = nativeSqlite() !== undefined,
): EngineName {
  if (wanted === 'native' && !available) {
    throw new LockstepError('engine.unavailable', { engine: wanted });
  }
  return wanted === 'auto' ? (available ? 'native' : 'sqljs') : wanted;
}

/** The version of the SQLite inside `node:sqlite`, e.g. `3.53.4`. */
export function nativeVersion(sqlite: NativeModule): string {
  return process.versions.sqlite ?? queryVersion(sqlite);
}

function queryVersion(sqlite: NativeModule): string {
  const database = new sqlite.DatabaseSync(':memory:');
  try {
    return String(database.prepare('SELECT sqlite_version() AS version').get()!.version);
  } finally {
    database.close();
  }
}

/**
 * Whether `node:sqlite` understands `file:` URIs (https://www.sqlite.org/uri.html); that of Node 22.14
 * and older takes them for paths, here one in a folder that does not exist.
 */
export function supportsUris(sqlite: NativeModule): boolean {
  try {
    new sqlite.DatabaseSync('file:lockstep/no such folder/a?mode=memory').close();
    return true;
  } catch {
    return false;
  }
}
