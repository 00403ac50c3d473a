import { createRequire } from 'node:module';
import type initSqlJs from 'sql.js';
import { LockstepError } from '../../core/errors';
import type { DatabaseWriter, Engine } from '../engine';
import { fileWriters } from '../fileWriters';
import { MemorySnapshot, type SqlJs, sqlJsVersion } from './memoryConnection';
import { copySqlJs, lookSqlJs, probeHeader } from './sqlJsLook';

/**
 * The engine of sql.js: looks at copies in memory, and writes where there is a writer for it.
 * @param wasm absolute path of `sql-wasm.wasm`
 */
export async function sqlJsEngine(wasm: string): Promise<Engine> {
  const sqlJs = await loadSqlJs(wasm);
  return {
    name: 'sqljs',
    sqliteVersion: sqlJsVersion(sqlJs),
    look: (path, read) => lookSqlJs(path, read, sqlJs),
    probe: probeHeader,
    snapshot: (path, options) => copySqlJs(path, options, sqlJs),
    openSnapshot: (path, bytes) => new MemorySnapshot(path, sqlJs, bytes),
    ...writerFor(sqlJs),
  };
}

/**
 * Loads SQLite as WebAssembly. It cannot reach the disk: databases live in memory. Its script lies beside
 * it and is in no bundle, so that threads of the other engine need not read it.
 * @param wasm absolute path of `sql-wasm.wasm`
 */
export function loadSqlJs(wasm: string): Promise<SqlJs> {
  const load = createRequire(wasm)('./sql-wasm.js') as typeof initSqlJs;
  return load({ locateFile: () => wasm, useOldExtensionFunctions: false });
}

function writerFor(sqlJs: SqlJs): DatabaseWriter {
  const [writer] = fileWriters;
  return (
    writer?.create(sqlJs) ?? {
      connections: refuseToWrite,
      copies: { copy: refuseToWrite, damage: refuseToWrite, restore: refuseToWrite },
    }
  );
}

function refuseToWrite(): never {
  throw new LockstepError('engine.unavailable', { engine: 'sqljs' });
}
