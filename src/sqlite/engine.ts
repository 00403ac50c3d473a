import type { Connection, ConnectionFactory, EngineName } from '../core/connection';
import { LockstepError } from '../core/errors';
import type { LookResult, Probe } from './lookResult';
import { nativeSqlite } from './nativeSqlite';

/** One way to reach a database file. All of it is synchronous and belongs to one thread. */
export interface Engine {
  readonly name: EngineName;
  /** SQLite's own version, e.g. `3.53.4`. */
  readonly sqliteVersion: string;
  /** For a run. @param path absolute, canonical */
  connections(path: string): ConnectionFactory;
  /** Looks and leaves nothing behind; `read` must only read and may be called more than once. */
  look<T>(path: string, read: (connection: Connection) => T): LookResult<T>;
  /** Whether a file is a SQLite database: quick, for thousands of candidates. */
  probe(path: string): Probe;
}

/**
 * Which engine serves a wish here.
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

/**
 * Loads an engine.
 * @param wasm absolute path of `sql-wasm.wasm`; read only for `sqljs`
 */
export async function loadEngine(_name: EngineName, _wasm: string): Promise<Engine> {
  throw new Error('not built yet');
}
