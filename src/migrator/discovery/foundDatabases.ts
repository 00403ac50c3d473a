import { realpath, stat } from 'node:fs/promises';
import { formats } from '../../core/formats/formats';
import type { HistoryTable } from '../../core/history/historyTable';
import type { Probe } from '../../sqlite/lookResult';
import type { Budget, BudgetLimits } from './budget';
import { concurrently } from './concurrently';
import { databaseCandidates } from './databaseCandidates';
import type { DiscoveredTarget } from './discovery';
import type { FoundDatabase, MigrationSet, ProjectEnv } from './found';
import type { WalkedFolder } from './walk';

/** What the search needs from those who can open databases. */
export interface DiscoverDeps {
  /**
   * Which of these regular files are SQLite databases. Asked of SQLite itself: reading such a file
   * any other way in a process that has it open would drop SQLite's locks
   * (https://www.sqlite.org/howtocorrupt.html, 2.2).
   */
  probe(paths: readonly string[]): Promise<readonly Probe[]>;
  /** The versions in the table; nothing when there is no such table or it cannot be read now. */
  history(database: string, table: HistoryTable): Promise<readonly string[] | undefined>;
  /** For tests. */
  readonly limits?: BudgetLimits;
}

/**
 * The SQLite databases among the walked files and those that `DATABASE_URL` names, without the stated
 * ones, and what each records of the conventions in use.
 */
export async function foundDatabases(
  folders: readonly WalkedFolder[],
  envs: readonly ProjectEnv[],
  sets: readonly MigrationSet[],
  stated: readonly DiscoveredTarget[],
  deps: DiscoverDeps,
  budget: Budget,
): Promise<FoundDatabase[]> {
  const taken = new Set(
    (await Promise.all(stated.map(({ database }) => namesOf(database)))).flat(),
  );
  const candidates = (await databaseCandidates(folders, budget)).filter(
    ({ path }) => !taken.has(path),
  );
  const known = new Set(candidates.map(({ path }) => path));
  for (const { database } of envs) {
    if (database !== undefined && !known.has(database) && !taken.has(database)) {
      const size = await fileSize(database);
      if (size !== undefined) {
        known.add(database);
        // Named by the person, so it comes first, and may be excluded from the search.
        candidates.unshift({ path: database, empty: size === 0 });
      }
    }
  }
  const filled = candidates.filter(({ empty }) => !empty && budget.takeOpen());
  const probes = filled.length > 0 ? await deps.probe(filled.map(({ path }) => path)) : [];
  const probed = new Set(
    filled.filter((_, at) => probes[at] === 'database').map(({ path }) => path),
  );
  const tables = formats
    .map(({ historyTable }) => historyTable)
    .filter(
      ({ name }, at, all) =>
        all.findIndex((other) => other.name === name) === at &&
        sets.some((set) => set.historyTable === name),
    );
  const found = candidates.filter(({ path, empty }) => empty || probed.has(path));
  return await concurrently(found, 4, async ({ path, empty }) => {
    const histories = new Map<string, readonly string[]>();
    for (const table of empty ? [] : tables) {
      const versions =
        budget.hasTime() && budget.takeOpen() ? await deps.history(path, table) : undefined;
      if (versions) {
        histories.set(table.name, versions);
      }
    }
    return { path, histories };
  });
}

async function namesOf(database: string): Promise<string[]> {
  return [database, await realpath(database).catch(() => database)];
}

async function fileSize(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch {
    return undefined;
  }
}
