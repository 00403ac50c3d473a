import type { DiscoveredTarget } from '../migrator/protocol';

/** Names a project: the same for the same database and folders. */
export function projectKey({ database, folders }: DiscoveredTarget): string {
  return [database, ...folders].join('\n');
}
