import { LockstepError } from '../../core/errors';
import type { Engine } from '../engine';
import { NativeConnectionFactory } from './nativeConnection';
import { copyDatabase, nativeCopy } from './nativeCopy';
import { look, nativeDamage, probe } from './nativeLook';
import { nativeSqlite, nativeVersion } from './nativeModule';
import { NativeRestore } from './nativeRestore';
import { compileStatements, NativeSnapshot } from './nativeSnapshot';

/**
 * The engine of `node:sqlite`.
 * @throws LockstepError `engine.unavailable`
 */
export function nativeEngine(): Engine {
  const sqlite = nativeSqlite();
  if (!sqlite) {
    throw new LockstepError('engine.unavailable', { engine: 'native' });
  }
  return {
    name: 'native',
    sqliteVersion: nativeVersion(sqlite),
    connections: (path, checkFileAccess) =>
      new NativeConnectionFactory(path, sqlite, checkFileAccess),
    look: (path, read) => look(path, read, sqlite),
    probe: (path) => probe(path, sqlite),
    copies: {
      copy: (path, to, proceed) => nativeCopy(path, to, sqlite, proceed),
      damage: (path) => nativeDamage(path, sqlite),
      restore: (path, backup) => new NativeRestore(path, backup, sqlite),
    },
    snapshot: (path, options) => copyDatabase(path, options, sqlite),
    openSnapshot: (path, bytes, folder) => new NativeSnapshot(path, bytes, folder!, sqlite),
    compile: (schema, statements) => compileStatements(schema, statements, sqlite),
  };
}
