import { basename, dirname, join } from 'node:path';
import type { MigrationSet } from './found';

/** Folders that are called after what they are for and not after the project. */
const generic =
  /^(?:migrations?|_?sql|sqlite3?|schemas?|db|database|databases|data|src|server|backend|resources)$/i;
const forData = /^(?:db|database|databases|data)$/i;

/** Where a project that has migrations and no database would have it, e.g. `shop/db/shop.db`. */
export function proposedDatabase(set: MigrationSet): string {
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
