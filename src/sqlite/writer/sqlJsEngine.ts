import type { Engine } from '../engine';
import { loadSqlJs, MemoryFactory, sqlJsVersion } from '../sqljs/memoryConnection';
import { copySqlJs, lookSqlJs, probeHeader } from '../sqljs/sqlJsLook';
import { JournalWait, FileUseWait } from './fileUseWait';
import { type LoadLimits, sqlJsCopy, sqlJsDamage } from './replaceDatabase';
import { sqlJsCeiling, SqlJsConnectionFactory } from './sqlJsConnection';
import { SqlJsRestore } from './sqlJsRestore';

/**
 * The engine of sql.js.
 * @param wasm absolute path of `sql-wasm.wasm`
 */
export async function sqlJsEngine(wasm: string): Promise<Engine> {
  const sqlJs = await loadSqlJs(wasm);
  return {
    name: 'sqljs',
    sqliteVersion: sqlJsVersion(sqlJs),
    connections: (path) => new SqlJsConnectionFactory(path, sqlJs),
    look: (path, read) => lookSqlJs(path, read, sqlJs),
    probe: probeHeader,
    copies: {
      copy: async (path, to) => sqlJsCopy(path, to, loadLimits(path)),
      damage: (path) => sqlJsDamage(path, sqlJs),
      restore: (path, backup) => new SqlJsRestore(path, backup, loadLimits(path)),
    },
    snapshot: (path, options) => copySqlJs(path, options, sqlJs),
    openSnapshot: (path, bytes) => new MemoryFactory(path, sqlJs, bytes),
  };
}

function loadLimits(path: string): LoadLimits {
  return { ceiling: sqlJsCeiling, patience: new JournalWait(), use: new FileUseWait(path) };
}
