import type { Format } from '../formats/format';
import type { LatestEntries } from '../history/readLog';
import { LockstepError } from '../errors';
import type { Migration } from '../migration';
import { migrationRef } from '../migration';
import type { Direction, Goal } from '../run/runRequest';
import { findGoal } from './findGoal';
import { findFindings } from './findFindings';
import type { KnownMigration } from './knownMigrations';
import { knownMigrations } from './knownMigrations';
import type { Plan, Step } from './plan';
import { wayBack } from './wayBack';

/** Everything that decides what a run does. */
export interface PlanInput {
  readonly format: Format;
  /** As the folder has them, in the format's order. */
  readonly migrations: readonly Migration[];
  /** The versions the history table records, in any order. */
  readonly applied: readonly string[];
  readonly log: LatestEntries;
}

/**
 * What a run would do. Findings of severity `refuse` are for the caller to stop at.
 *
 * @throws LockstepError `goal.unknown`, or `rollback.noWayBack` if any step of the way cannot be
 *   undone: a run must not stop half-way for a reason known before
 */
export function planRun(input: PlanInput & { direction: Direction; goal: Goal }): Plan {
  const known = knownMigrations(input);
  const steps =
    input.direction === 'up' ? stepsUp(input.format, known, input.goal) : stepsDown(input, known);
  return {
    steps,
    findings: findFindings(input.format, known),
    pending: known.filter(isPending).map(({ migration }) => migrationRef(migration)),
  };
}

type Pending = KnownMigration & { readonly migration: Migration };

function isPending(known: KnownMigration): known is Pending {
  return known.applied === undefined && known.migration !== undefined;
}

function stepsUp(format: Format, known: readonly KnownMigration[], goal: Goal): Step[] {
  return reachedUp(format, known, goal)
    .filter(isPending)
    .map(({ migration }) => ({ direction: 'up', migration }));
}

function reachedUp(
  format: Format,
  known: readonly KnownMigration[],
  goal: Goal,
): readonly KnownMigration[] {
  switch (goal.kind) {
    case 'all':
      return known;
    case 'steps':
      return known.filter(isPending).slice(0, Math.max(0, goal.steps));
    case 'to': {
      const to = findGoal(format, known, goal.id);
      return known[to]!.applied === undefined ? known.slice(0, to + 1) : [];
    }
  }
}

function stepsDown(input: PlanInput & { goal: Goal }, known: readonly KnownMigration[]): Step[] {
  const { format, goal } = input;
  const from = goal.kind === 'to' ? findGoal(format, known, goal.id) + 1 : 0;
  const applied = known
    .slice(from)
    .filter(({ applied }) => applied !== undefined)
    .reverse();
  const reached = goal.kind === 'steps' ? applied.slice(0, Math.max(0, goal.steps)) : applied;
  return reached.map((one) => {
    const migration = wayBack(one);
    if (!migration) {
      throw new LockstepError('rollback.noWayBack', { migration: one.ref.id });
    }
    return { direction: 'down', migration };
  });
}
