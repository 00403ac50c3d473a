import { LockstepError } from '../errors';
import type { Mark } from './runningMark';

/** Says that a step outside a transaction was interrupted, as its mark tells it. */
export function interruptedError({ migration, ...mark }: Mark): LockstepError {
  const { statement, statements, direction, failed: message = '' } = mark;
  const params = { migration: migration.id, statement, statements, direction, message };
  return new LockstepError('run.interrupted', params);
}
