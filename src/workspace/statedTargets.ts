import { isAbsolute, join, normalize, parse } from 'node:path';
import type { FormatName, Target } from '../core/model';

export interface Folder {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

/** What `lockstep.databases` says for one workspace folder. */
interface StatedTargets {
  readonly targets: readonly Target[];
  /** Entries that cannot be understood, counted from 1. */
  readonly invalid: readonly number[];
}

/** More than anybody writes by hand: for every entry a database is read. */
const mostEntries = 100;
const mostFolders = 20;
const longestPath = 4096;

const formats: readonly string[] = ['plain', 'dbmate'] satisfies FormatName[];

/**
 * Reads the value of `lockstep.databases`, which is untrusted: a settings file may hold anything.
 *
 * @param folder what relative paths and `${workspaceFolder}` refer to
 * @param folders for `${workspaceFolder:name}`
 */
export function statedTargets(
  value: unknown,
  folder: Folder,
  folders: readonly Folder[],
): StatedTargets {
  const targets: Target[] = [];
  const invalid: number[] = [];
  const entries: readonly unknown[] = Array.isArray(value) ? value : [];
  if (entries.length > mostEntries) {
    invalid.push(mostEntries + 1);
  }
  entries.slice(0, mostEntries).forEach((entry, index) => {
    const target = readEntry(entry, (path) => resolvePath(path, folder, folders));
    if (target) {
      targets.push(target);
    } else {
      invalid.push(index + 1);
    }
  });
  return { targets, invalid };
}

function readEntry(entry: unknown, resolve: (path: string) => string): Target | undefined {
  if (typeof entry !== 'object' || entry === null) {
    return undefined;
  }
  const { database, migrations, format } = entry as Record<string, unknown>;
  const folders: readonly unknown[] = Array.isArray(migrations) ? migrations : [migrations];
  if (!isPath(database) || folders.length === 0 || folders.length > mostFolders) {
    return undefined;
  }
  if (!folders.every(isPath)) {
    return undefined;
  }
  if (format !== undefined && !formats.includes(format as string)) {
    return undefined;
  }
  return {
    database: resolve(database),
    folders: folders.map(resolve),
    ...(format ? { format: format as FormatName } : {}),
  };
}

function isPath(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= longestPath &&
    value.trim() !== '' &&
    !value.includes('\0') &&
    // A URL may have a password, which would be shown as part of a path.
    !/^\s*[a-z][a-z\d+.-]+:\/\//i.test(value)
  );
}

function resolvePath(path: string, folder: Folder, folders: readonly Folder[]): string {
  const expanded = path.replace(
    /\$\{workspaceFolder(?::([^}]*))?\}/g,
    (variable, name?: string) =>
      (name === undefined ? folder : folders.find((other) => other.name === name))?.path ??
      variable,
  );
  return trimEnd(isAbsolute(expanded) ? normalize(expanded) : join(folder.path, expanded));
}

/** Without the separator at the end of a folder's path, so that equal paths are equal strings. */
function trimEnd(path: string): string {
  return path === parse(path).root ? path : path.replace(/[\\/]+$/, '');
}
