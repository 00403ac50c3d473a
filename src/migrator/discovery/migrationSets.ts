import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Format, SourceFile } from '../../core/formats/format';
import type { Budget } from './budget';
import { concurrently } from './concurrently';
import type { MigrationSet, ProjectEnv } from './found';
import type { WalkedFolder } from './walk';

/** So many texts of a folder are read to tell its convention, and so much of each. */
const sampleFiles = 3;
const sampleBytes = 64 * 1024;

export interface FoundSets {
  readonly sets: readonly MigrationSet[];
  readonly unsupported: readonly { readonly folder: string; readonly layout: string }[];
}

export interface LayoutDeps {
  readonly formats: readonly Format[];
  /** The name of a layout that is recognised and not supported. */
  unsupportedLayout(files: readonly SourceFile[]): string | undefined;
}

/** Finds the folders with migrations and tells their convention from names and a few texts. */
export async function migrationSets(
  folders: readonly WalkedFolder[],
  envs: readonly ProjectEnv[],
  { formats, unsupportedLayout }: LayoutDeps,
  budget: Budget,
): Promise<FoundSets> {
  const unsupported: { folder: string; layout: string }[] = [];
  const read = await concurrently(folders, 8, async (folder) => {
    const names = folder.files.filter((name) => name.endsWith('.sql'));
    if (names.length === 0 || !budget.hasTime()) {
      return undefined;
    }
    const files = await samples(folder.path, names, budget);
    const format = formats.find((each) =>
      each.claims(files.filter(({ path }) => each.matches(path.slice(folder.path.length + 1)))),
    );
    if (!format) {
      const layout = unsupportedLayout(files);
      return layout === undefined ? undefined : { folder: folder.path, layout };
    }
    return single(folder, format);
  });
  const sets: MigrationSet[] = [];
  for (const found of read) {
    if (found && 'layout' in found) {
      unsupported.push(found);
    } else if (found) {
      sets.push(found);
    }
  }
  return { sets: merged(sets, envs), unsupported };
}

function single(folder: WalkedFolder, format: Format): MigrationSet {
  return {
    folders: [folder.path],
    root: folder.root,
    format: format.name,
    historyTable: format.historyTable.name,
    versions: folder.files.flatMap((name) => (format.matches(name) ? versionOf(name) : [])),
    sameVersion: (a, b) => format.sameVersion(a, b),
  };
}

/** Every convention so far puts the version first in the file's name, in digits. */
function versionOf(fileName: string): string[] {
  return /^\d+/.exec(fileName)?.slice(0, 1) ?? [];
}

async function samples(
  folder: string,
  names: readonly string[],
  budget: Budget,
): Promise<SourceFile[]> {
  const texts = await concurrently(names.slice(0, sampleFiles), sampleFiles, async (name) =>
    budget.takeOpen() ? await beginning(join(folder, name)) : '',
  );
  return names.map((name, at) => ({ path: join(folder, name), text: texts[at] ?? '' }));
}

/** The beginning of a text file; nothing where it cannot be read. */
async function beginning(path: string): Promise<string> {
  try {
    const file = await open(path);
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
function merged(sets: readonly MigrationSet[], envs: readonly ProjectEnv[]): MigrationSet[] {
  let left = [...sets];
  const together: MigrationSet[] = [];
  for (const { migrations } of envs.filter((env) => env.migrations.length > 1)) {
    const parts = migrations.flatMap((path) => left.filter(({ folders }) => folders[0] === path));
    if (parts.length > 1 && parts.every(({ format }) => format === parts[0].format)) {
      left = left.filter((set) => !parts.includes(set));
      together.push({
        ...parts[0],
        folders: parts.flatMap(({ folders }) => folders),
        versions: parts.flatMap(({ versions }) => versions),
      });
    }
  }
  return [...left, ...together].sort((a, b) => (a.folders[0] < b.folders[0] ? -1 : 1));
}
