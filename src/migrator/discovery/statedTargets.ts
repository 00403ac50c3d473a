import { readdir } from 'node:fs/promises';
import type { Target } from '../../core/target';
import type { Budget } from './budget';
import type { DiscoveredTarget } from './discovery';
import { migrationSets } from './migrationSets';

/** The pairs that the person stated, with their folders' convention where it was not stated too. */
export async function statedTargets(
  stated: readonly Target[],
  budget: Budget,
): Promise<DiscoveredTarget[]> {
  return await Promise.all(
    stated.map(async ({ database, folders, format }) => ({
      database,
      folders,
      format: format ?? (await formatOf(folders, budget)) ?? 'plain',
      because: 'stated' as const,
    })),
  );
}

async function formatOf(
  folders: readonly string[],
  budget: Budget,
): Promise<DiscoveredTarget['format'] | undefined> {
  for (const path of folders) {
    const files = await regularFiles(path);
    const { sets } = await migrationSets([{ path, root: path, files }], [], budget);
    if (sets.length > 0) {
      return sets[0].format;
    }
  }
  return undefined;
}

async function regularFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isFile() ? [entry.name] : [])).sort();
  } catch {
    return [];
  }
}
