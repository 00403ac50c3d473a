import initSqlJs, { type SqlJs } from 'sql.js';

/**
 * Loads SQLite as WebAssembly. It cannot reach the disk: databases live in memory.
 * @param wasm absolute path of `sql-wasm.wasm`
 */
export function loadSqlJs(wasm: string): Promise<SqlJs> {
  return initSqlJs({ locateFile: () => wasm, useOldExtensionFunctions: false });
}
