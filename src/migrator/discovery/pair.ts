import { basename, dirname, extname, join, relative, sep } from 'node:path';
import type { DiscoveredTarget } from '../protocol';
import { governingEnv } from './environment';
import type { FoundDatabase, MigrationSet, ProjectEnv } from './migrationSets';

/** So many databases that nothing tells apart are offered for one folder. */
const maxNeighbours = 5;

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
    const set = findSetByHistory(sets, database, envs);
    if (set) {
      add(set, database.path, 'history');
    }
  }
  for (const set of sets) {
    const env = governingEnv(set, sets, envs);
    if (env?.database !== undefined && (env.isExplicit || !claimed.has(env.database))) {
      if (!targets.get(set)!.some(({ database }) => database === env.database)) {
        add(set, env.database, 'databaseUrl');
      }
    }
  }
  const free = inOrder.filter(({ path }) => !claimed.has(path));
  for (const set of sets.filter((each) => targets.get(each)!.length === 0)) {
    for (const database of findNeighbours(set, sets, free)) {
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

function findSetByHistory(
  sets: readonly MigrationSet[],
  database: FoundDatabase,
  envs: readonly ProjectEnv[],
): MigrationSet | undefined {
  const ranked = sets.flatMap((set) => {
    const fit = historyFit(set, database);
    const named = governingEnv(set, sets, envs)?.database === database.path;
    return fit && fit.shared > 0
      ? [
          {
            set,
            rank: [
              Number(fit.fits),
              Number(named),
              -pathDistance(set, database.path),
              nameFit(set, database.path),
              fit.shared,
            ],
          },
        ]
      : [];
  });
  return ranked.sort((a, b) => compare(b.rank, a.rank) || byFolder(a.set, b.set))[0]?.set;
}

/** The databases next to a folder that are not nearer to another one. */
function findNeighbours(
  set: MigrationSet,
  sets: readonly MigrationSet[],
  free: readonly FoundDatabase[],
): FoundDatabase[] {
  const ranked = free
    .filter((database) => {
      const fit = historyFit(set, database);
      const rank = proximity(set, database);
      return (
        // One with a history of other migrations is not this folder's.
        !(fit && fit.recorded > 0) &&
        -rank[1] <= maxPathDistance &&
        rank[2] >= 0 &&
        sets.every((other) => other === set || compare(proximity(other, database), rank) < 0)
      );
    })
    .map((database) => ({ database, rank: proximity(set, database) }))
    .sort((a, b) => compare(b.rank, a.rank));
  return ranked
    .filter(({ rank }) => compare(rank, ranked[0].rank) === 0)
    .slice(0, maxNeighbours)
    .map(({ database }) => database);
}

/** The more, the better: an empty history table of this format, few steps, a fitting name. */
function proximity(set: MigrationSet, database: FoundDatabase): readonly number[] {
  return [
    Number(database.histories.has(set.historyTable)),
    -pathDistance(set, database.path),
    nameFit(set, database.path),
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
const maxPathDistance = 6;

/** Databases below such a folder are not the one that a migrations folder elsewhere is for. */
const testFolder =
  /^(?:__tests__|tests?|spec|e2e|fixtures?|__fixtures__|testdata|examples?|samples?)$/i;

/** Names that say which database of several is the project's own, … */
const mainDatabaseName = /^(?:app|data|database|db|main|dev|development|local|default)$/i;

/** … and names that say it is none that anybody migrates. */
const byproductName = /^(?:.*[-_.])?(?:cache|cached|sessions?|logs?|te?mp|cookies|index|history)$/i;

/** Folder steps from the migrations to the database, more where the path leads into tests. */
function pathDistance(set: MigrationSet, database: string): number {
  return Math.min(
    ...set.folders.map((folder) => {
      const steps = relative(folder, dirname(database)).split(sep).filter(Boolean);
      const penalty = steps.some((step) => testFolder.test(step)) ? maxPathDistance : 0;
      return steps.length + penalty;
    }),
  );
}

/**
 * How well the database's name fits: 2 like a folder of the project, 1 as the project's main database
 * is often called, 0 any other, -1 a cache or the like.
 */
function nameFit(set: MigrationSet, database: string): number {
  const stem = basename(database, extname(database)).toLowerCase();
  if (byproductName.test(stem)) {
    return -1;
  }
  const steps = set.folders.flatMap((folder) => relative(dirname(set.root), folder).split(sep));
  return steps.some((step) => step.toLowerCase() === stem)
    ? 2
    : mainDatabaseName.test(stem)
      ? 1
      : 0;
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
const genericFolder =
  /^(?:migrations?|_?sql|sqlite3?|schemas?|db|database|databases|data|src|server|backend|resources)$/i;
const dataFolder = /^(?:db|database|databases|data)$/i;

/** Where a project that has migrations and no database would have it, e.g. `shop/db/shop.db`. */
function proposedDatabase(set: MigrationSet): string {
  const [migrations] = set.folders;
  let project = migrations;
  while (
    genericFolder.test(basename(project)) &&
    project !== set.root &&
    dirname(project) !== project
  ) {
    project = dirname(project);
  }
  const beside = dirname(migrations);
  const folder = dataFolder.test(basename(beside)) && beside !== project ? beside : project;
  const name = basename(project)
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return join(folder, `${!name || genericFolder.test(name) ? 'app' : name}.db`);
}
