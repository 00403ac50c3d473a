import { resolve } from 'node:path';
import type { ProjectEnv } from './found';
import { pathOfSqliteUrl } from './sqliteUrl';

/** The part of some variables that is about migrations, with `folder` as working directory. */
export function projectEnv(
  folder: string,
  variables: Readonly<Record<string, string | undefined>>,
): ProjectEnv {
  const database = pathOfSqliteUrl(variables.DATABASE_URL ?? '');
  const migrations = (variables.DBMATE_MIGRATIONS_DIR ?? '').split(',').map((path) => path.trim());
  return {
    folder,
    database: database === undefined ? undefined : resolve(folder, database),
    migrations: migrations.filter(Boolean).map((path) => resolve(folder, path)),
  };
}
