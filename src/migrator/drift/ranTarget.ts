import type { RanMigration } from '../../core/drift/ranMigration';
import { fileState } from '../../core/plan/fileState';
import { scriptChecksum } from '../../core/scriptChecksum';
import { scriptSql } from '../../core/sql/scriptSql';
import { LockstepError } from '../../core/errors';
import type { ThreadWorld } from '../threadWorld';
import { appliedOf, type AppliedMigration } from './appliedOf';

/**
 * What ran of an applied migration, and what its file says now.
 * @throws LockstepError `drift.over` where it is not applied
 */
export function ranTarget(ask: AppliedMigration, world: ThreadWorld): RanMigration {
  const { format, found } = appliedOf(ask, world);
  const [known] = found;
  if (!known) {
    throw new LockstepError('drift.over', { migration: ask.version });
  }
  const { ref, migration, log } = known;
  return {
    migration: ref,
    state: fileState(known),
    ...(log && {
      ran: {
        at: log.at,
        reversible: log.down !== undefined,
        ...(log.up.sql && { sql: log.up.sql }),
      },
    }),
    ...(migration && {
      now: {
        file: migration.up.file,
        sql: scriptSql(migration.up),
        checksum: scriptChecksum(migration.up),
        isWholeFile: format === 'plain',
      },
    }),
  };
}
