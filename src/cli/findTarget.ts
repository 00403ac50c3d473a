import { existsSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LockstepError } from '../core/errors';
import type { Target } from '../core/model';
import { projectEnv, readDotEnv, usualMigrationsFolder } from '../migrator/discovery/environment';
import type { ProjectEnv } from '../migrator/discovery/migrationSets';
import type { DiscoverRequest, Discovery } from '../migrator/protocol';
import type { Options } from './options';
import { shortPath } from './output';

/** Where a terminal stands. */
export interface Place {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The database and migrations that a command is about. */
export interface FoundTarget extends Target {
  /** The database is a guess of ours, there is none: nobody wants it created unasked. */
  readonly guessed: boolean;
}

type Flags = Pick<Options, 'database' | 'migrations'>;

/**
 * Finds what a command is about: as the flags say, else as `DATABASE_URL` says, with dbmate's folder,
 * else by searching the working directory as a window searches its workspace.
 *
 * @param wanted `folders`: it does not matter which database of several
 * @throws LockstepError `target.none`, `target.several`, `migrations.layout`
 */
export async function findTarget(
  flags: Flags,
  place: Place,
  search: (request: DiscoverRequest) => Promise<Discovery>,
  wanted: 'database' | 'folders' = 'database',
): Promise<FoundTarget> {
  // Named twice, its files would count as two migrations each.
  const folders = [...new Set(flags.migrations.map((folder) => resolve(place.folder, folder)))];
  const said = saidByEnvironment(place);
  const database =
    flags.database === undefined ? said.database : resolve(place.folder, flags.database);
  if (database !== undefined) {
    const known = folders.length > 0 ? folders : foldersOf(said);
    if (known) {
      return { database, folders: known, guessed: false };
    }
  }
  const environment = definedOnly(place.env);
  const found = await search({ roots: [place.folder], stated: [], exclude: [], environment });
  const { targets } = found;
  const fitting = targets.filter(
    (target) =>
      (folders.length === 0 || sameSet(target.folders, folders)) &&
      (database === undefined || sameFile(target.database, database)),
  );
  const [only, ...others] = fitting;
  const alike = (other: Target): boolean =>
    wanted === 'folders' && sameSet(other.folders, only.folders);
  if (only && others.every(alike)) {
    const { database: path, folders: own, format, because } = only;
    return {
      database: path,
      folders: own,
      format,
      guessed: because === 'create' && database === undefined,
    };
  }
  if (others.length > 0) {
    throw several(fitting);
  }
  return named(database, folders, found);
}

/** What is left when the search did not pair what the flags name. */
function named(
  database: string | undefined,
  folders: readonly string[],
  { targets, unsupported, unpaired, incomplete }: Discovery,
): FoundTarget {
  const sets = new Map(targets.map((target) => [target.folders.join('\n'), target]));
  if (database !== undefined && sets.size === 1) {
    const [{ folders: only, format }] = sets.values();
    return { database, folders: only, format, guessed: false };
  }
  if (database !== undefined && sets.size > 1) {
    throw several([...sets.values()].map((target) => ({ ...target, database })));
  }
  if (database === undefined && folders.length > 0) {
    if (unpaired.length === 1) {
      return { database: unpaired[0], folders, guessed: false };
    }
    if (unpaired.length > 1) {
      throw several(unpaired.map((path) => ({ database: path, folders })));
    }
  }
  if (unsupported.length > 0) {
    throw new LockstepError('migrations.layout', { ...unsupported[0] });
  }
  throw new LockstepError('target.none', incomplete ? { incomplete: 1 } : {});
}

/** The environment's and the `.env`'s word on this folder; the environment goes first. */
export function saidByEnvironment({ folder, env }: Place): ProjectEnv {
  return projectEnv(folder, { ...Object.fromEntries(readDotEnv(folder)), ...definedOnly(env) });
}

function foldersOf(said: ProjectEnv): readonly string[] | undefined {
  if (said.migrations.length > 0) {
    return said.migrations;
  }
  const usual = join(said.folder, ...usualMigrationsFolder);
  return said.database !== undefined && existsSync(usual) ? [usual] : undefined;
}

function several(targets: readonly Target[]): LockstepError {
  const manyFolders = new Set(targets.map(({ folders }) => folders.join('\n'))).size > 1;
  const flags = targets.map(({ database, folders }) =>
    [
      `--database ${quoted(database)}`,
      ...(manyFolders ? folders.map((folder) => `--migrations ${quoted(folder)}`) : []),
    ].join(' '),
  );
  return new LockstepError('target.several', { databases: flags.join(', ') });
}

function quoted(path: string): string {
  const short = shortPath(path);
  return /^[\p{L}\p{N}_./\\:@%+-]+$/u.test(short) ? short : `"${short.replace(/"/g, '\\"')}"`;
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((path) => b.some((other) => sameFile(path, other)));
}

function sameFile(a: string, b: string): boolean {
  return a === b || real(a) === real(b);
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function definedOnly(env: Place['env']): Record<string, string> {
  const names = ['DATABASE_URL', 'DBMATE_MIGRATIONS_DIR'];
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}
