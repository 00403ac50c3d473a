import { join, relative, resolve, sep } from 'node:path';
import { readSmallFile } from '../../system/files';
import { isInside } from '../../sqlite/databaseFile';
import type { MigrationSet, ProjectEnv } from './migrationSets';
import { type Budget, inSlices, type WalkedFolder } from './walk';

/** The `.env` that speaks for a folder of migrations. */
interface GoverningEnv extends ProjectEnv {
  /** It names the folder, by `DBMATE_MIGRATIONS_DIR` or because dbmate would look there by itself. */
  readonly isExplicit: boolean;
}

/** Where dbmate looks by default (https://github.com/amacneil/dbmate#command-line-options). */
export const usualMigrationsFolder = ['db', 'migrations'] as const;

/**
 * Finds the environment whose `DATABASE_URL` is about this set: one that names its folder, else the
 * nearest above it, provided that it is not about another folder and no other set is nearer to it.
 */
export function governingEnv(
  set: MigrationSet,
  sets: readonly MigrationSet[],
  envs: readonly ProjectEnv[],
): GoverningEnv | undefined {
  const withDatabase = envs.filter(({ database }) => database !== undefined);
  const explicit = withDatabase.find((env) => namesFolderOf(env, set));
  if (explicit) {
    return { ...explicit, isExplicit: true };
  }
  const nearest = nearestAbove(set, withDatabase);
  if (!nearest || sets.some((other) => namesFolderOf(nearest, other))) {
    return undefined;
  }
  const depth = steps(nearest.folder, set);
  const rivals = sets.filter(
    (other) =>
      other !== set &&
      nearestAbove(other, withDatabase) === nearest &&
      steps(nearest.folder, other) <= depth,
  );
  return rivals.length === 0 ? { ...nearest, isExplicit: false } : undefined;
}

function namesFolderOf(env: ProjectEnv, set: MigrationSet): boolean {
  const folders =
    env.migrations.length > 0 ? env.migrations : [join(env.folder, ...usualMigrationsFolder)];
  return set.folders.some((folder) => folders.includes(folder));
}

function nearestAbove(set: MigrationSet, envs: readonly ProjectEnv[]): ProjectEnv | undefined {
  return envs
    .filter(({ folder, migrations }) => migrations.length === 0 && isInside(folder, set.folders[0]))
    .sort((a, b) => b.folder.length - a.folder.length)[0];
}

function steps(folder: string, set: MigrationSet): number {
  return relative(folder, set.folders[0]).split(sep).length;
}

/**
 * What the `.env` files of the walked folders say, and what the environment of the process says about
 * the first of them, which, as for dbmate, comes first.
 */
export async function readProjectEnvs(
  folders: readonly WalkedFolder[],
  environment: Readonly<Record<string, string | undefined>>,
  budget: Budget,
): Promise<ProjectEnv[]> {
  const withFile = folders.filter(({ files }) => files.includes('.env'));
  const read = await inSlices(withFile, ({ path }) =>
    budget.hasTime() && budget.takeOpen()
      ? { folder: path, variables: readDotEnv(path) }
      : undefined,
  );
  const byFolder = new Map(
    read.flatMap((env) => (env ? [[env.folder, Object.fromEntries(env.variables)]] : [])),
  );
  const [first] = folders;
  if (first) {
    byFolder.set(first.path, { ...byFolder.get(first.path), ...definedOnly(environment) });
  }
  return [...byFolder].map(([folder, variables]) => projectEnv(folder, variables));
}

function definedOnly(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const { DATABASE_URL, DBMATE_MIGRATIONS_DIR } = environment;
  return {
    ...(DATABASE_URL ? { DATABASE_URL } : {}),
    ...(DBMATE_MIGRATIONS_DIR ? { DBMATE_MIGRATIONS_DIR } : {}),
  };
}

/** A value longer than this is no path; `A=$B$B`, `B=$C$C` and so on would fill the memory. */
const maxValueLength = 32 * 1024;

/**
 * The variables of a `.env` file, as dbmate's library reads it (https://github.com/joho/godotenv):
 * `export`, `KEY=value` or `KEY: value`, comments, single quotes literal, double quotes with escapes,
 * `$NAME` and `${NAME}` of the same file filled in outside single quotes. Lines that are none of that
 * are passed over.
 */
export function parseDotEnv(text: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  const line =
    /^[ \t]*(?:export[ \t]+)?([\w.]+)[ \t]*(?:=|:(?!\/\/))[ \t]*(?:'([^']*)'|"((?:\\.|[^"\\])*)"|([^\r\n]*))/gm;
  for (const [, name, literal, quoted, bare] of text.replace(/^\ufeff/, '').matchAll(line)) {
    variables.set(
      name,
      literal ??
        expand(quoted === undefined ? stripComment(bare) : quoted, variables, quoted !== undefined),
    );
  }
  return variables;
}

function stripComment(value: string): string {
  return value.replace(/(?:^|[ \t])#.*$/, '').trim();
}

function expand(value: string, variables: ReadonlyMap<string, string>, escapes: boolean): string {
  let length = 0;
  const pattern = /\\(.)|\$\{([A-Z0-9_]+)\}|\$([A-Z0-9_]+)/gis;
  return value.replace(pattern, (all, escaped: string | undefined, braced, plain) => {
    if (escaped !== undefined) {
      const known: Record<string, string> = { n: '\n', r: '\r' };
      return escapes ? (known[escaped] ?? escaped) : escaped === '$' ? '$' : all;
    }
    const filled = variables.get(braced ?? plain) ?? '';
    length += filled.length;
    return length > maxValueLength ? '' : filled;
  });
}

/**
 * The file that a database URL names, as dbmate reads it
 * (https://github.com/amacneil/dbmate#sqlite): `sqlite:rel/app.db`, `sqlite:/abs/app.db`,
 * `sqlite:///abs/app.db`, and `sqlite://abs/app.db`, which is absolute too. The path is
 * percent-decoded; the query, which is for the driver, does not belong to it.
 *
 * A user and a password are no part of it, as for dbmate: nobody is to read them as a path.
 *
 * @returns a path as it stands in the URL, perhaps relative; nothing for another kind of database, or
 *   one in memory
 */
export function pathOfSqliteUrl(url: string): string | undefined {
  const [, slashes, authority, rest] =
    /^sqlite3?:(?:(\/\/)([^/?#]*))?([^?#]*)/i.exec(url.trim()) ?? [];
  if (rest === undefined) {
    return undefined;
  }
  const host = authority?.slice(authority.lastIndexOf('@') + 1) ?? '';
  if (host.includes(':') && !/^[a-z]:$/i.test(host)) {
    return undefined; // no file has a port: it is what a password with a `/` or `#` left of it
  }
  const path = tryDecode((slashes ?? '') + host + rest).replace(/^\/+/, '/');
  const isNoFile = /^\/?$|^:memory:$/.test(path) || otherUrl.test(path);
  return isNoFile ? undefined : path;
}

/** A URL within the URL, or a user and a password where no host can be. */
const otherUrl = /^[a-z][a-z\d+.-]+:\/\/|^\/*[^/:]*:[^/]*@/i;

function tryDecode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

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

const sizeLimit = 1024 * 1024;

/** `.env.local`, `dev.env`, `env`. */
const envName = /(?:^|\.)env(?:\.|$)/i;

/** The variables of a folder's `.env`; none where there is none that can be one. */
export function readDotEnv(folder: string): ReadonlyMap<string, string> {
  return parseDotEnv(readSmallFile(join(folder, '.env'), sizeLimit, envName) ?? '');
}
