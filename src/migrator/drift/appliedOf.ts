import type { KnownMigration } from '../../core/plan/knownMigrations';
import { knownMigrations } from '../../core/plan/knownMigrations';
import type { FormatName, Target } from '../../core/target';
import { canonicalPath } from '../../sqlite/canonicalPath';
import { readHistory } from '../readHistory';
import { runLogOf, type ThreadWorld } from '../threadWorld';

export interface AppliedAsk {
  readonly target: Target;
  /** As the history records it; absent: all whose file is not here. */
  readonly version?: string;
}

/** One of the migrations that a database has. */
export type AppliedMigration = Required<AppliedAsk>;

export interface AppliedAnswer {
  readonly format: FormatName;
  readonly found: readonly KnownMigration[];
}

/** Applied migrations with all that is known about them, by a look. */
export function appliedOf({ target, version }: AppliedAsk, world: ThreadWorld): AppliedAnswer {
  const path = canonicalPath(target.database);
  const { format, migrations } = world.reader.read(target);
  const applied = readHistory(path, format.historyTable, world).value ?? [];
  const log = runLogOf(world, path).read();
  const isWanted = ({ applied: recorded, migration }: KnownMigration): boolean =>
    recorded !== undefined &&
    (version === undefined ? !migration : format.sameVersion(recorded, version));
  const known = knownMigrations({ format, migrations, applied, log });
  return { format: format.name, found: known.filter(isWanted) };
}
