import { basename, dirname, extname, join, relative, sep } from 'node:path';
import type { DiscoveredTarget } from '../protocol';
import { envFor } from './environment';
import type { FoundDatabase, MigrationSet, ProjectEnv } from './migrationSets';

/** So many databases that nothing tells apart are offered for one folder. */
const mostNeighbours = 5;

interface Pairs {
  readonly targets: readonly DiscoveredTarget[];
  /** Databases to which no migrations belong. */
  readonly unpaired: readonly string[];
}

/**
 * Finds out which database belongs to which migrations. Pure, and the same for any order of its
 * input.
 *
 * The contents decide first: a database that records a folder's versions is that folder's, and where
 * several folders have them (short numbers, copies of a project, git worktrees) the nearest is. Then
 * what `DATABASE_URL` says. Then nearness, but only between folders and databases that nothing else
 * claims and each of which is the other's nearest. Where several are equally near and alike, all are
 * offered: the person is asked, and no guess is run.
 */
export function pair(
  sets: readonly MigrationSet[],
  databases: readonly FoundDatabase[],
  envs: readonly ProjectEnv[],
): Pairs {
  const inOrder = [...databases].sort((a, b) => (a.path < b.path ? -1 : 1));
  const claimed = new Set<string>();
  const targets = new Map<MigrationSet, DiscoveredTarget[]>(sets.map((set) => [set, []]));
  const add = (set: MigrationSet, database: string, because: DiscoveredTarget['because']): void => {
    claimed.add(database);
    const { folders, format } = set;
    targets.get(set)!.push({ database, folders, format, because });
  };

  for (const database of inOrder) {
    const set = setOfHistory(sets, database, envs);
    if (set) {
      add(set, database.path, 'history');
    }
  }
  for (const set of sets) {
    const env = envFor(set, sets, envs);
    if (env?.database !== undefined && (env.isExplicit || !claimed.has(env.database))) {
      if (!targets.get(set)!.some(({ database }) => database === env.database)) {
        add(set, env.database, 'databaseUrl');
      }
    }
  }
  const free = inOrder.filter(({ path }) => !claimed.has(path));
  for (const set of sets.filter((each) => targets.get(each)!.length === 0)) {
    for (const database of neighbours(set, sets, free)) {
      add(set, database.path, 'neighbour');
    }
  }
  for (const set of sets.filter((each) => targets.get(each)!.length === 0)) {
    add(set, proposedDatabase(set), 'create');
  }
  return {
    targets: [...targets.values()].flat(),
    unpaired: inOrder.map(({ path }) => path).filter((path) => !claimed.has(path)),
  };
}

function setOfHistory(
  sets: readonly MigrationSet[],
  database: FoundDatabase,
  envs: readonly ProjectEnv[],
): MigrationSet | undefined {
  const ranked = sets.flatMap((set) => {
    const fit = historyFit(set, database);
    const named = envFor(set, sets, envs)?.database === database.path;
    return fit && fit.shared > 0
      ? [
          {
            set,
            rank: [
              Number(fit.fits),
              Number(named),
              -distance(set, database.path),
              likeness(set, database.path),
              fit.shared,
            ],
          },
        ]
      : [];
  });
  return ranked.sort((a, b) => compare(b.rank, a.rank) || byFolder(a.set, b.set))[0]?.set;
}

/** The databases next to a folder that are not nearer to another one. */
function neighbours(
  set: MigrationSet,
  sets: readonly MigrationSet[],
  free: readonly FoundDatabase[],
): FoundDatabase[] {
  const ranked = free
    .filter((database) => {
      const fit = historyFit(set, database);
      const rank = pathDistance(set, database);
      return (
        // One with a history of other migrations is not this folder's.
        !(fit && fit.recorded > 0) &&
        -rank[1] <= farthest &&
        rank[2] >= 0 &&
        sets.every((other) => other === set || compare(pathDistance(other, database), rank) < 0)
      );
    })
    .map((database) => ({ database, rank: pathDistance(set, database) }))
    .sort((a, b) => compare(b.rank, a.rank));
  return ranked
    .filter(({ rank }) => compare(rank, ranked[0].rank) === 0)
    .slice(0, mostNeighbours)
    .map(({ database }) => database);
}

/** The more, the better: an empty history table of this format, few steps, a fitting name. */
function pathDistance(set: MigrationSet, database: FoundDatabase): readonly number[] {
  return [
    Number(database.histories.has(set.historyTable)),
    -distance(set, database.path),
    likeness(set, database.path),
  ];
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at] - b[at];
}

function byFolder(a: MigrationSet, b: MigrationSet): number {
  return a.folders[0] < b.folders[0] ? -1 : 1;
}

/** Further away than this, files have nothing to do with each other. */
const farthest = 6;

/** Databases below such a folder are not the one that a migrations folder elsewhere is for. */
const apart = /^(?:__tests__|tests?|spec|e2e|fixtures?|__fixtures__|testdata|examples?|samples?)$/i;

/** Names that say which database of several is the project's own, … */
const usual = /^(?:app|data|database|db|main|dev|development|local|default)$/i;

/** … and names that say it is none that anybody migrates. */
const byproduct = /^(?:.*[-_.])?(?:cache|cached|sessions?|logs?|te?mp|cookies|index|history)$/i;

/** Folder steps from the migrations to the database, more where the way leads into tests. */
function distance(set: MigrationSet, database: string): number {
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
function likeness(set: MigrationSet, database: string): number {
  const stem = basename(database, extname(database)).toLowerCase();
  if (byproduct.test(stem)) {
    return -1;
  }
  const steps = set.folders.flatMap((folder) => relative(dirname(set.root), folder).split(sep));
  return steps.some((step) => step.toLowerCase() === stem) ? 2 : usual.test(stem) ? 1 : 0;
}

/** How much of what a database records is in a folder. */
interface HistoryFit {
  /** Recorded versions that the folder has. */
  readonly shared: number;
  readonly recorded: number;
  /** Nearly all of them: a file or two may be on another branch. */
  readonly fits: boolean;
}

/** Compares a database's recorded versions with a folder's. Nothing: it has no such history table. */
function historyFit(set: MigrationSet, database: FoundDatabase): HistoryFit | undefined {
  const recorded = database.histories.get(set.historyTable);
  if (!recorded) {
    return undefined;
  }
  const present = new Set(set.versions.map((version) => set.versionKey(version)));
  const shared = recorded.filter((version) => present.has(set.versionKey(version))).length;
  const missing = recorded.length - shared;
  return {
    shared,
    recorded: recorded.length,
    fits: missing <= 1 || missing / recorded.length <= 0.2,
  };
}

/** Folders that are called after what they are for and not after the project. */
const generic =
  /^(?:migrations?|_?sql|sqlite3?|schemas?|db|database|databases|data|src|server|backend|resources)$/i;
const forData = /^(?:db|database|databases|data)$/i;

/** Where a project that has migrations and no database would have it, e.g. `shop/db/shop.db`. */
function proposedDatabase(set: MigrationSet): string {
  const [migrations] = set.folders;
  let project = migrations;
  while (generic.test(basename(project)) && project !== set.root && dirname(project) !== project) {
    project = dirname(project);
  }
  const beside = dirname(migrations);
  const folder = forData.test(basename(beside)) && beside !== project ? beside : project;
  const name = basename(project)
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return join(folder, `${!name || generic.test(name) ? 'app' : name}.db`);
}
