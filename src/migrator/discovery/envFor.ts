import { join, relative, sep } from 'node:path';
import type { MigrationSet, ProjectEnv } from './found';
import { isInside } from '../../sqlite/isInside';

/** The `.env` that speaks for a folder of migrations. */
export interface GoverningEnv extends ProjectEnv {
  /** It names the folder, by `DBMATE_MIGRATIONS_DIR` or because dbmate would look there by itself. */
  readonly isExplicit: boolean;
}

/** Where dbmate looks when it is told nothing (https://github.com/amacneil/dbmate#command-line-options). */
export const usualMigrationsFolder = ['db', 'migrations'] as const;

/**
 * Finds the environment whose `DATABASE_URL` is about this set: one that names its folder, else the
 * nearest above it, provided that it is not about another folder and no other set is nearer to it.
 */
export function envFor(
  set: MigrationSet,
  sets: readonly MigrationSet[],
  envs: readonly ProjectEnv[],
): GoverningEnv | undefined {
  const withDatabase = envs.filter(({ database }) => database !== undefined);
  const explicit = withDatabase.find((env) => names(env, set));
  if (explicit) {
    return { ...explicit, isExplicit: true };
  }
  const nearest = nearestAbove(set, withDatabase);
  if (!nearest || sets.some((other) => names(nearest, other))) {
    return undefined;
  }
  const depth = steps(nearest.folder, set);
  const rivals = sets.filter(
    (other) =>
      other !== set &&
      nearestAbove(other, withDatabase) === nearest &&
      steps(nearest.folder, other) <= depth,
  );
  return rivals.length === 0 ? { ...nearest, isExplicit: false } : undefined;
}

function names(env: ProjectEnv, set: MigrationSet): boolean {
  const folders =
    env.migrations.length > 0 ? env.migrations : [join(env.folder, ...usualMigrationsFolder)];
  return set.folders.some((folder) => folders.includes(folder));
}

function nearestAbove(set: MigrationSet, envs: readonly ProjectEnv[]): ProjectEnv | undefined {
  return envs
    .filter(({ folder, migrations }) => migrations.length === 0 && isInside(folder, set.folders[0]))
    .sort((a, b) => b.folder.length - a.folder.length)[0];
}

function steps(folder: string, set: MigrationSet): number {
  return relative(folder, set.folders[0]).split(sep).length;
}
