import { LockstepError } from '../../core/errors';
import type { MigrationRef } from '../../core/migration';
import { migrationRef } from '../../core/migration';
import { knownMigrations } from '../../core/plan/knownMigrations';
import { planRun } from '../../core/plan/planRun';
import { refuseDuplicates } from '../../core/plan/refuseDuplicates';
import type { SchemaObject } from '../../core/rehearsal/rehearsal';
import { SchemaReader, sortedSchema } from '../../core/rehearsal/schemaReader';
import { HistoryStore } from '../../core/run/historyStore';
import type { Goal } from '../../core/run/runRequest';
import type { Target } from '../../core/target';
import { canonicalPath } from '../../sqlite/canonicalPath';
import { runLogOf, type ThreadWorld } from '../threadWorld';

export interface AdoptionAsk {
  readonly target: Target;
  readonly goal: Goal;
}

/** What adopting a database is about. */
export interface Adoption {
  /** Pending, to be recorded as applied. */
  readonly record: readonly MigrationRef[];
  /** The versions of all whose work should be in the database then, as far as they have a file. */
  readonly made: readonly string[];
  /** Applied, but without a file. */
  readonly unknown: readonly MigrationRef[];
  readonly schema: readonly SchemaObject[];
}

/**
 * Looks at a database that is to be adopted.
 * @throws LockstepError what keeps it from being looked at, `goal.unknown`
 */
export function adoption({ target, goal }: AdoptionAsk, world: ThreadWorld): Adoption {
  const path = canonicalPath(target.database);
  const { format, migrations } = world.reader.read(target);
  const { historyTable } = format;
  const look = world.engine.look(path, (connection) => ({
    applied: new HistoryStore(connection, historyTable).versions(),
    schema: sortedSchema(new SchemaReader(historyTable.name).read(connection).values()),
  }));
  const { state, message = '' } = look;
  if (state === 'missing') {
    throw new LockstepError('database.missing', { path });
  }
  if (state === 'notADatabase') {
    throw new LockstepError('database.notADatabase', { path });
  }
  if (!look.value && state !== 'empty') {
    throw new LockstepError('database.io', { path, message: message || state });
  }
  const { applied, schema } = look.value ?? { applied: [], schema: [] };
  const about = { format, migrations, applied, log: runLogOf(world, path).read() };
  const plan = planRun({ ...about, direction: 'up', goal });
  refuseDuplicates(plan.findings);
  const record = plan.steps.map(({ migration }) => migrationRef(migration));
  const recorded = new Set(record.map(({ version }) => version));
  const known = knownMigrations(about);
  return {
    record,
    made: known
      .filter(
        (one) => one.migration && (one.applied !== undefined || recorded.has(one.ref.version)),
      )
      .map(({ ref }) => ref.version),
    unknown: known.filter(({ migration }) => !migration).map(({ ref }) => ref),
    schema,
  };
}
