import { LockstepError } from '../../core/errors';
import { acceptedEntry } from '../../core/history/acceptedEntry';
import type { LogEntry } from '../../core/history/logEntry';
import { fileState } from '../../core/plan/fileState';
import { scriptChecksum } from '../../core/scriptChecksum';
import { canonicalPath } from '../../sqlite/canonicalPath';
import { runLogOf, type ThreadWorld } from '../threadWorld';
import { appliedOf, type AppliedMigration } from './appliedOf';

export interface AcceptAsk extends AppliedMigration {
  /** Of the text that the person has seen. */
  readonly checksum: string;
  readonly holder: LogEntry['holder'];
}

/**
 * Notes in the run log that an edited file is the same migration as what ran. Takes no lock and does
 * not touch the database: one line is appended, which names the application it is about and counts
 * for no other, whatever anybody has appended since.
 *
 * @throws LockstepError `drift.over` where it is not the edit that was seen, `log.unwritable`
 */
export function acceptEdited(
  { target, version, checksum, holder }: AcceptAsk,
  world: ThreadWorld,
): null {
  const [known] = appliedOf({ target, version }, world).found;
  const { migration, log } = known ?? {};
  if (!known || !migration || !log || fileState(known) !== 'edited') {
    throw new LockstepError('drift.over', { migration: known?.ref.id ?? version });
  }
  if (scriptChecksum(migration.up) !== checksum) {
    throw new LockstepError('drift.over', { migration: known.ref.id, reason: 'again' });
  }
  const at = new Date().toISOString();
  const runLog = runLogOf(world, canonicalPath(target.database));
  try {
    runLog.append([acceptedEntry(log, migration.up, { at, holder })]);
  } catch (error) {
    throw new LockstepError('log.unwritable', { message: (error as Error).message });
  }
  return null;
}
