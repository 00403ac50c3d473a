import { LockstepError } from '../errors';
import type { Format } from '../formats/format';
import { basename } from 'node:path';
import type { KnownMigration } from './knownMigrations';

/**
 * The index of the migration a person named by id, file name or version.
 *
 * @throws LockstepError `goal.unknown`
 */
export function findGoal(format: Format, known: readonly KnownMigration[], named: string): number {
  const isNamed: ((one: KnownMigration) => boolean)[] = [
    ({ ref }) => ref.id === named,
    ({ ref }) => ref.file !== undefined && basename(ref.file) === basename(named),
    ({ ref }) => format.sameVersion(ref.version, named),
  ];
  const index = isNamed.map((is) => known.findIndex(is)).find((at) => at >= 0);
  if (index === undefined) {
    throw new LockstepError('goal.unknown', { id: named });
  }
  return index;
}
