import type { EngineName } from '../core/connection';
import { LockstepError } from '../core/errors';
import { nativeSqlite } from './nativeSqlite';

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
