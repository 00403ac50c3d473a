import { statSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { formats } from '../../core/formats/formats';
import type { HistoryTable } from '../../core/history/historyTable';
import type { Target } from '../../core/model';
import type { Probe } from '../../sqlite/engine';
import {
  databaseExtensions,
  type DiscoveredTarget,
  type DiscoverRequest,
  type Discovery,
} from '../protocol';
import { readProjectEnvs } from './environment';
import {
  type FoundDatabase,
  type MigrationSet,
  findMigrationSets,
  type ProjectEnv,
} from './migrationSets';
import { pair } from './pair';
import {
  Budget,
  type BudgetLimits,
  concurrently,
  inSlices,
  searchLimits,
  walk,
  type WalkedFolder,
} from './walk';

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
  const stated = await resolveStatedTargets(request.stated, budget);
  const folders = await walk(request.roots, request.exclude, budget);
  const envs = await readProjectEnvs(folders, request.environment ?? {}, budget);
  const { sets, unsupported } = await findMigrationSets(folders, envs, budget);
  const open = sets.filter((set) => !isStated(set, stated));
  const databases = await findDatabases(folders, envs, open, stated, deps, budget);
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

/** The pairs that the person stated, with their folders' convention where it was not stated too. */
async function resolveStatedTargets(
  stated: readonly Target[],
  budget: Budget,
): Promise<DiscoveredTarget[]> {
  return Promise.all(
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
    const { sets } = await findMigrationSets([{ path, root: path, files }], [], budget);
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

/**
 * The SQLite databases among the walked files and those that `DATABASE_URL` names, without the stated
 * ones, and what each records of the conventions in use.
 */
async function findDatabases(
  folders: readonly WalkedFolder[],
  envs: readonly ProjectEnv[],
  sets: readonly MigrationSet[],
  stated: readonly DiscoveredTarget[],
  deps: DiscoverDeps,
  budget: Budget,
): Promise<FoundDatabase[]> {
  const statedPaths = new Set(
    (await Promise.all(stated.map(({ database }) => withRealPath(database)))).flat(),
  );
  const candidates = (await findCandidates(folders, budget)).filter(
    ({ path }) => !statedPaths.has(path),
  );
  const known = new Set(candidates.map(({ path }) => path));
  for (const { database } of envs) {
    if (database !== undefined && !known.has(database) && !statedPaths.has(database)) {
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
  return concurrently(found, 4, async ({ path, empty }) => {
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

async function withRealPath(database: string): Promise<string[]> {
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

/** A file that may be a database, by name and size alone. */
export interface DatabaseCandidate {
  readonly path: string;
  /** Zero bytes: an empty database to SQLite, and here only where the name says database. */
  readonly empty: boolean;
}

/** Files that SQLite, Lockstep and other engines keep beside a database. */
const companionFile = /(-wal|-shm|-journal|\.lock|\.lock\.json)$|\.lockstep-|^Thumbs\.db$/i;

/**
 * Endings that mean something else, so that such files, most of a workspace, cost no stat. Any other
 * ending, and none, may be a database.
 */
const otherExtensions = new Set(
  (
    '.7z .apk .asm .astro .avi .avif .bash .bat .bmp .br .bz2 .c .cc .cer .cfg .cjs .class .cmake .cmd ' +
    '.conf .cpp .crt .cs .css .csv .cts .cxx .dart .diff .dll .doc .docx .dylib .editorconfig .ejs .elm ' +
    '.env .eot .erb .ex .exe .exs .flow .fs .gem .gif .go .gql .gradle .graphql .groovy .gz .h .hbs .hpp ' +
    '.hs .htm .html .ico .idx .iml .inc .ini .ipynb .jar .java .jpeg .jpg .js .json .json5 .jsonc .jsonl ' +
    '.jsx .kt .kts .less .lib .lock .log .lua .m .map .markdown .md .mdx .mjs .mk .mm .mov .mp3 .mp4 .mts ' +
    '.node .o .obj .ogg .otf .pack .patch .pdb .pdf .pem .php .pl .png .po .ppt .pptx .properties .proto ' +
    '.ps1 .psd .pug .py .pyc .pyi .r .rb .rej .rev .rlib .rmeta .rs .rst .sass .scala .scss .sh .snap .so ' +
    '.sql .styl .sum .svelte .svg .swift .tar .tex .tf .tgz .tif .tiff .toml .tpl .ts .tsbuildinfo .tsx ' +
    '.ttf .txt .vue .wasm .wav .webm .webp .whl .woff .woff2 .xls .xlsx .xml .xz .yaml .yml .zig .zip .zst'
  ).split(' '),
);

/** A database is made of pages of 512 bytes or a multiple of them. */
const pageSize = 512;

/**
 * The files worth a look at their header: first those called like a database, then any other of
 * which name and size do not exclude it. Opens none. A file reached by several names comes once,
 * without links where there is such a name.
 */
export async function findCandidates(
  folders: readonly WalkedFolder[],
  budget: Budget,
): Promise<DatabaseCandidate[]> {
  const named: string[] = [];
  const other: string[] = [];
  await inSlices(folders, (folder) => {
    for (const file of folder.files) {
      const extension = extname(file).toLowerCase();
      if (!companionFile.test(file) && !otherExtensions.has(extension)) {
        (databaseExtensions.includes(extension) ? named : other).push(join(folder.path, file));
      }
    }
  });
  const sized = [
    ...(await inSlices(named, (path) => candidate(path, true))),
    ...(await inSlices(other, (path) => candidate(path, false))),
  ];
  return uniqueFiles(sized.filter((found) => found !== undefined));

  function candidate(path: string, isNamed: boolean): DatabaseCandidate | undefined {
    if (!budget.hasTime()) {
      return undefined;
    }
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? -1;
    const empty = size === 0 && isNamed;
    return empty || (size >= pageSize && size % pageSize === 0) ? { path, empty } : undefined;
  }
}

async function uniqueFiles(found: DatabaseCandidate[]): Promise<DatabaseCandidate[]> {
  const byFile = new Map<string, DatabaseCandidate>();
  const real = await concurrently(found, 32, ({ path }) => realpath(path).catch(() => path));
  found.forEach((candidate, at) => {
    if (!byFile.has(real[at]) || real[at] === candidate.path) {
      byFile.set(real[at], candidate);
    }
  });
  return [...byFile.values()];
}
