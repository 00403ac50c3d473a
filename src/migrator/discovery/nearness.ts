import { basename, dirname, extname, relative, sep } from 'node:path';
import type { MigrationSet } from './found';

/** Further away than this, files have nothing to do with each other. */
export const farthest = 6;

/** Databases below such a folder are not the one that a migrations folder elsewhere is for. */
const apart = /^(?:__tests__|tests?|spec|e2e|fixtures?|__fixtures__|testdata|examples?|samples?)$/i;

/** Names that say which database of several is the project's own, … */
const usual = /^(?:app|data|database|db|main|dev|development|local|default)$/i;

/** … and names that say it is none that anybody migrates. */
const byproduct = /^(?:.*[-_.])?(?:cache|cached|sessions?|logs?|te?mp|cookies|index|history)$/i;

/** Folder steps from the migrations to the database, more where the way leads into tests. */
export function distance(set: MigrationSet, database: string): number {
  return Math.min(
    ...set.folders.map((folder) => {
      const way = relative(folder, dirname(database)).split(sep).filter(Boolean);
      const into = way.some((step) => apart.test(step)) ? farthest : 0;
      return way.length + into;
    }),
  );
}

/**
 * How well the database's name fits: 2 like a folder of the project, 1 as the project's main database
 * is often called, 0 any other, -1 a cache or the like.
 */
export function likeness(set: MigrationSet, database: string): number {
  const stem = basename(database, extname(database)).toLowerCase();
  if (byproduct.test(stem)) {
    return -1;
  }
  const steps = set.folders.flatMap((folder) => relative(dirname(set.root), folder).split(sep));
  return steps.some((step) => step.toLowerCase() === stem) ? 2 : usual.test(stem) ? 1 : 0;
}
