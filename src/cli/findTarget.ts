import { existsSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LockstepError } from '../core/errors';
import type { Target } from '../core/model';
import { projectEnv, readDotEnv, usualMigrationsFolder } from '../migrator/discovery/environment';
import type { ProjectEnv } from '../migrator/discovery/migrationSets';
import type { DiscoverRequest, Discovery } from '../migrator/protocol';
import type { Options } from './options';
import { shortPath } from './output';

/** Where a command line was typed. */
export interface Place {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The database and migrations that a command is about. */
export interface FoundTarget {
  readonly target: Target;
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
  // In a folder named twice each file would count as two migrations.
  const folders = [...new Set(flags.migrations.map((folder) => resolve(place.folder, folder)))];
  const configured = readEnvironment(place);
  const database =
    flags.database === undefined ? configured.database : resolve(place.folder, flags.database);
  if (database !== undefined) {
    const known = folders.length > 0 ? folders : foldersOf(configured);
    if (known) {
      return { target: { database, folders: known }, guessed: false };
    }
  }
  const environment = relevantEnv(place.env);
  const found = await search({ roots: [place.folder], stated: [], exclude: [], environment });
  const { targets } = found;
  const matching = targets.filter(
    (target) =>
      (folders.length === 0 || sameSet(target.folders, folders)) &&
      (database === undefined || sameFile(target.database, database)),
  );
  const [only, ...others] = matching;
  const isSame = (other: Target): boolean =>
    wanted === 'folders' && sameSet(other.folders, only.folders);
  if (only && others.every(isSame)) {
    return { target: targetOf(only), guessed: only.because === 'create' && database === undefined };
  }
  if (others.length > 0) {
    throw ambiguous(matching);
  }
  return completed(database, folders, found);
}

/** Without what the search says about it. */
function targetOf({ database, folders, format }: Target): Target {
  return { database, folders, format };
}

/** Completes what the flags name where the search did not pair it: one of two, with the only other. */
function completed(
  database: string | undefined,
  folders: readonly string[],
  { targets, unsupported, unpaired, incomplete }: Discovery,
): FoundTarget {
  const sets = new Map(targets.map((target) => [target.folders.join('\n'), target]));
  if (database !== undefined && sets.size === 1) {
    const [only] = sets.values();
    return { target: { ...targetOf(only), database }, guessed: false };
  }
  if (database !== undefined && sets.size > 1) {
    throw ambiguous([...sets.values()].map((target) => ({ ...target, database })));
  }
  if (database === undefined && folders.length > 0) {
    if (unpaired.length === 1) {
      return { target: { database: unpaired[0], folders }, guessed: false };
    }
    if (unpaired.length > 1) {
      throw ambiguous(unpaired.map((path) => ({ database: path, folders })));
    }
  }
  if (unsupported.length > 0) {
    throw new LockstepError('migrations.layout', { ...unsupported[0] });
  }
  throw new LockstepError('target.none', incomplete ? { incomplete: 1 } : {});
}

/** What the environment and the `.env` say about this folder; the environment overrides the file. */
export function readEnvironment({ folder, env }: Place): ProjectEnv {
  return projectEnv(folder, { ...Object.fromEntries(readDotEnv(folder)), ...relevantEnv(env) });
}

function foldersOf(configured: ProjectEnv): readonly string[] | undefined {
  if (configured.migrations.length > 0) {
    return configured.migrations;
  }
  const usual = join(configured.folder, ...usualMigrationsFolder);
  return configured.database !== undefined && existsSync(usual) ? [usual] : undefined;
}

function ambiguous(targets: readonly Target[]): LockstepError {
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

function relevantEnv(env: Place['env']): Record<string, string> {
  const names = ['DATABASE_URL', 'DBMATE_MIGRATIONS_DIR'];
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}
