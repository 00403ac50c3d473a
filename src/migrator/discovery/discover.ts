import { Budget, searchLimits } from './budget';
import type { DiscoveredTarget, DiscoverRequest, Discovery } from './discovery';
import type { MigrationSet } from './found';
import type { DiscoverDeps } from './foundDatabases';
import { foundDatabases } from './foundDatabases';
import { migrationSets } from './migrationSets';
import { pair } from './pair';
import { projectEnvs } from './projectEnvs';
import { statedTargets } from './statedTargets';
import { walk } from './walk';

/**
 * Searches the workspace for databases and migrations and pairs them. Creates nothing, opens regular
 * files only, and stays within limits ({@link searchLimits}).
 *
 * @throws the signal's reason when cancelled
 */
export async function discover(
  request: DiscoverRequest,
  deps: DiscoverDeps,
  signal?: AbortSignal,
): Promise<Discovery> {
  const budget = new Budget(deps.limits ?? searchLimits, signal);
  const stated = await statedTargets(request.stated, budget);
  const folders = await walk(request.roots, request.exclude, budget);
  const envs = await projectEnvs(folders, request.environment ?? {}, budget);
  const { sets, unsupported } = await migrationSets(folders, envs, budget);
  const open = sets.filter((set) => !isStated(set, stated));
  const databases = await foundDatabases(folders, envs, open, stated, deps, budget);
  const { targets, unpaired } = pair(open, databases, envs);
  return {
    targets: [...stated, ...targets],
    unsupported,
    unpaired,
    incomplete: budget.exceeded,
  };
}

function isStated(set: MigrationSet, stated: readonly DiscoveredTarget[]): boolean {
  return set.folders.every((folder) => stated.some(({ folders }) => folders.includes(folder)));
}
