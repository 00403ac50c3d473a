import { basename } from 'node:path';
import { LockstepError } from '../errors';
import type { Format } from '../formats/format';
import {
  type Direction,
  type Finding,
  type Goal,
  type Migration,
  migrationRef,
  type Plan,
  type Step,
} from '../model';
import {
  findFindings,
  type KnownMigration,
  knownMigrations,
  type PlanInput,
  withDownScript,
} from './reconcile';

/** What is asked for. */
export interface PlanRequest extends PlanInput {
  readonly direction: Direction;
  readonly goal: Goal;
  /**
   * The versions that a goal of so many steps meant when the person gave it: those, and not the next
   * ones instead when somebody else has done them since.
   */
  readonly intended?: readonly string[];
}

/**
 * What a run would do. Findings of severity `refuse` are for the caller to stop at.
 *
 * @throws LockstepError `goal.unknown`, or `rollback.noWayBack` if any step of the way cannot be
 *   undone: a run must not stop half-way for a reason known before
 */
export function planRun(input: PlanRequest): Plan {
  const known = knownMigrations(input);
  const steps = input.direction === 'up' ? stepsUp(input, known) : stepsDown(input, known);
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

function stepsUp(input: PlanRequest, known: readonly KnownMigration[]): Step[] {
  return reachedUp(input, known)
    .filter(isPending)
    .map(({ migration }) => ({ direction: 'up', migration }));
}

function reachedUp(
  { format, goal, intended }: PlanRequest,
  known: readonly KnownMigration[],
): readonly KnownMigration[] {
  switch (goal.kind) {
    case 'all':
      return known;
    case 'steps':
      return nearest(known.filter(isPending), goal.steps, format, intended);
    case 'to': {
      const to = findGoal(format, known, goal.id);
      return known[to].applied === undefined ? known.slice(0, to + 1) : [];
    }
  }
}

/** The first so many, or those that were meant when so many were asked for. */
function nearest(
  known: readonly KnownMigration[],
  steps: number,
  format: Format,
  intended: readonly string[] | undefined,
): readonly KnownMigration[] {
  return intended
    ? known.filter(({ ref }) =>
        intended.some((version) => format.sameVersion(version, ref.version)),
      )
    : known.slice(0, Math.max(0, steps));
}

function stepsDown(
  { format, goal, intended }: PlanRequest,
  known: readonly KnownMigration[],
): Step[] {
  const from = goal.kind === 'to' ? findGoal(format, known, goal.id) + 1 : 0;
  const applied = known
    .slice(from)
    .filter(({ applied }) => applied !== undefined)
    .reverse();
  const reached = goal.kind === 'steps' ? nearest(applied, goal.steps, format, intended) : applied;
  return reached.map((one) => {
    const migration = withDownScript(one);
    if (!migration) {
      throw new LockstepError('rollback.noWayBack', { migration: one.ref.id });
    }
    return { direction: 'down', migration };
  });
}

/**
 * The index of the migration a person named by id, file name or version.
 *
 * @throws LockstepError `goal.unknown`
 */
function findGoal(format: Format, known: readonly KnownMigration[], named: string): number {
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

/** @throws LockstepError `migrations.duplicate` */
export function refuseDuplicates(findings: readonly Finding[]): void {
  const duplicate = findings.find((finding) => finding.severity === 'refuse');
  if (duplicate) {
    throw new LockstepError('migrations.duplicate', duplicate.params);
  }
}
