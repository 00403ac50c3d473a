import type { EngineName } from '../core/connection';
import type { Engine } from './engine';
import { nativeEngine } from './native/nativeEngine';
import { sqlJsEngine } from './sqljs/sqlJsEngine';

/** The list of engines. Whoever writes a file without SQLite's locks is in `fileWriters.ts` as well. */
const engines: Readonly<Record<EngineName, (wasm: string) => Engine | Promise<Engine>>> = {
  native: nativeEngine,
  sqljs: sqlJsEngine,
};

/**
 * @param wasm absolute path of `sql-wasm.wasm`; read only for `sqljs`
 * @throws LockstepError `engine.unavailable`
 */
export function loadEngine(name: EngineName, wasm: string): Engine | Promise<Engine> {
  return engines[name](wasm);
}
