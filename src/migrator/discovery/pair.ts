import type { DiscoveredTarget } from './discovery';
import { envFor } from './envFor';
import type { FoundDatabase, MigrationSet, ProjectEnv } from './found';
import { historyFit } from './historyFit';
import { distance, farthest, likeness } from './nearness';
import { proposedDatabase } from './proposedDatabase';

/** So many databases that nothing tells apart are offered for one folder. */
const mostNeighbours = 5;

export interface Pairs {
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
      const rank = nearness(set, database);
      return (
        // One with a history of other migrations is not this folder's.
        !(fit && fit.recorded > 0) &&
        -rank[1] <= farthest &&
        rank[2] >= 0 &&
        sets.every((other) => other === set || compare(nearness(other, database), rank) < 0)
      );
    })
    .map((database) => ({ database, rank: nearness(set, database) }))
    .sort((a, b) => compare(b.rank, a.rank));
  return ranked
    .filter(({ rank }) => compare(rank, ranked[0].rank) === 0)
    .slice(0, mostNeighbours)
    .map(({ database }) => database);
}

/** The more, the better: an empty history table of this format, few steps, a fitting name. */
function nearness(set: MigrationSet, database: FoundDatabase): readonly number[] {
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
