import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Format, SourceFile } from '../../core/formats/format';
import { claimingFormat, formats, unsupportedLayout } from '../../core/formats/formats';
import { numberedName, sqlName } from '../../core/formats/fileNames';
import type { FormatName } from '../../core/model';
import { linkTarget, readNoLink } from '../../system/files';
import { type Budget, concurrently, type WalkedFolder } from './walk';

/** So many texts of a folder are read to tell its convention, and so much of each. */
const sampleFiles = 3;
const sampleBytes = 64 * 1024;

interface FoundSets {
  readonly sets: readonly MigrationSet[];
  readonly unsupported: readonly { readonly folder: string; readonly layout: string }[];
}

/** Finds the folders with migrations and tells their convention from names and a few texts. */
export async function findMigrationSets(
  folders: readonly WalkedFolder[],
  envs: readonly ProjectEnv[],
  budget: Budget,
): Promise<FoundSets> {
  const below = telltaleFiles(folders);
  const read = await concurrently(folders, 8, async (folder) => {
    const entries = [...folder.files, ...(below.get(folder.path) ?? [])];
    if (!entries.some((name) => telltaleName.test(name)) || !budget.hasTime()) {
      return undefined;
    }
    const files = await readSamples(folder, budget);
    const texts = files.map(({ text }) => text).filter(Boolean);
    const layout = unsupportedLayout(entries, texts);
    if (layout !== undefined) {
      return { folder: folder.path, layout };
    }
    const format = claimingFormat(files);
    return format && singleFolderSet(folder, format);
  });
  const sets: MigrationSet[] = [];
  const unsupported: { folder: string; layout: string }[] = [];
  for (const found of read) {
    if (found && 'layout' in found) {
      unsupported.push(found);
    } else if (found) {
      sets.push(found);
    }
  }
  return { sets: mergeSets(sets, envs), unsupported };
}

/** Names without which a folder is not worth a thought. */
const telltaleName =
  /\.sql$|^sqitch\.plan$|^migration_lock\.toml$|_journal\.json$|^[^/]+\/snapshot\.json$/i;

/** For each folder, the telling files one folder below, as `folder/name`. */
function telltaleFiles(folders: readonly WalkedFolder[]): Map<string, string[]> {
  const below = new Map<string, string[]>();
  for (const { path, files } of folders) {
    for (const name of files) {
      if (/^(?:migration\.sql|up\.sql|_journal\.json|snapshot\.json)$/.test(name)) {
        const parent = dirname(path);
        below.set(parent, [...(below.get(parent) ?? []), `${basename(path)}/${name}`]);
      }
    }
  }
  return below;
}

function singleFolderSet(folder: WalkedFolder, format: Format): MigrationSet {
  return {
    folders: [folder.path],
    root: folder.root,
    format: format.name,
    historyTable: format.historyTable.name,
    versions: folder.files.flatMap((name) =>
      format.matches(name) ? (numberedName(name)?.version ?? []) : [],
    ),
    versionKey: (version) => format.versionKey(version),
  };
}

/** The files that some convention knows by name, the first few of them with their text. */
async function readSamples(folder: WalkedFolder, budget: Budget): Promise<SourceFile[]> {
  const names = folder.files.filter((name) => formats.some((format) => format.matches(name)));
  const texts = await concurrently(names.slice(0, sampleFiles), sampleFiles, async (name) =>
    budget.takeOpen() ? readBeginning(join(folder.path, name)) : '',
  );
  return names.map((name, at) => ({ path: join(folder.path, name), text: texts[at] ?? '' }));
}

/** The beginning of a text file; nothing where it cannot be read. */
async function readBeginning(path: string): Promise<string> {
  try {
    const file = await open(path, readNoLink).catch((error: unknown) =>
      open(linkTarget(error, path, sqlName)),
    );
    try {
      const buffer = Buffer.alloc(sampleBytes);
      const { bytesRead } = await file.read(buffer, 0, sampleBytes, 0);
      return buffer.toString('utf8', 0, bytesRead).replace(/^\ufeff/, '');
    } finally {
      await file.close();
    }
  } catch {
    return '';
  }
}

/** Folders that a `DBMATE_MIGRATIONS_DIR` names together become one set, in its order. */
function mergeSets(sets: readonly MigrationSet[], envs: readonly ProjectEnv[]): MigrationSet[] {
  let left = [...sets];
  const combined: MigrationSet[] = [];
  for (const { migrations } of envs.filter((env) => env.migrations.length > 1)) {
    const parts = migrations.flatMap((path) => left.filter(({ folders }) => folders[0] === path));
    if (parts.length > 1 && parts.every(({ format }) => format === parts[0].format)) {
      left = left.filter((set) => !parts.includes(set));
      combined.push({
        ...parts[0],
        folders: parts.flatMap(({ folders }) => folders),
        versions: parts.flatMap(({ versions }) => versions),
      });
    }
  }
  return [...left, ...combined].sort((a, b) => (a.folders[0] < b.folders[0] ? -1 : 1));
}

/** Migrations that belong together: one folder, or the several of `DBMATE_MIGRATIONS_DIR`. */
export interface MigrationSet {
  /** Absolute. */
  readonly folders: readonly string[];
  /** The workspace folder. */
  readonly root: string;
  readonly format: FormatName;
  /** Name of the table this format keeps its history in. */
  readonly historyTable: string;
  readonly versions: readonly string[];
  /** Equal for two versions exactly when they are the same one. */
  versionKey(version: string): string;
}

/** A file that is a SQLite database. */
export interface FoundDatabase {
  readonly path: string;
  /** By table: the versions recorded in it. No entry: no such table, or not readable now. */
  readonly histories: ReadonlyMap<string, readonly string[]>;
}

/** What a `.env` file, or the environment of a terminal, says about a project. */
export interface ProjectEnv {
  /** Absolute; relative paths count from here. */
  readonly folder: string;
  /** Absolute path of the SQLite file that `DATABASE_URL` names; it need not exist. */
  readonly database?: string;
  /** `DBMATE_MIGRATIONS_DIR`, absolute; empty where it is not said. */
  readonly migrations: readonly string[];
}
