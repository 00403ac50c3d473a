import type { EngineName } from '../../src/core/connection';
import type { Engine } from '../../src/sqlite/engine';
import { nativeEngine } from '../../src/sqlite/native/nativeEngine';
import { sqlJsEngine } from '../../src/sqlite/sqljs/sqlJsEngine';

/** @param wasm absolute path of `sql-wasm.wasm`; read only for `sqljs` */
export async function loadEngine(name: EngineName, wasm: string): Promise<Engine> {
  return name === 'native' ? nativeEngine() : sqlJsEngine(wasm);
}
