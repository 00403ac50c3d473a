import { readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { invalidMigration, LockstepError, type Place } from '../../core/errors';
import type { Format, SourceFile } from '../../core/formats/format';
import {
  claimingFormat,
  formatNamed,
  formats,
  unsupportedLayout,
} from '../../core/formats/formats';
import type { Migration, Target } from '../../core/model';
import { largestText, readText } from '../textFile';

/** Bytes of a target's migrations together. */
const largestSum = 256 * 1024 * 1024;

/** Bytes that a file may have grown since its size was seen: an editor may just have saved it. */
const growth = 1024 * 1024;

/** A folder understood. */
export interface MigrationFolder {
  readonly format: Format;
  readonly migrations: readonly Migration[];
}

/**
 * Reads migrations folders. What has not changed since the last time is not read again, unless so much
 * else was read meanwhile that it had to be forgotten.
 */
export class MigrationReader {
  /** By path, the oldest first. */
  private readonly files = new Map<string, ReadFile>();
  private readonly readings = new Map<string, Reading>();

  /** @param limit bytes of a target's migrations together, and of all that is kept of several */
  constructor(private readonly limit = largestSum) {}

  /**
   * An empty folder is a folder without migrations, in the first format.
   * @param unsaved what an editor shows of one of the files, or of one that is about to be there
   * @throws `migrations.folderMissing`, `migrations.layout`, `migrations.invalid`, `migrations.tooMuch`
   */
  public read(target: Target, unsaved?: SourceFile): MigrationFolder {
    const at = performance.now();
    const entries = target.folders.flatMap((folder) => list(folder));
    const key = keyOf(target);
    const last = this.readings.get(key);
    const hasSameFiles = last && sameItems(last.entries, entries, isSameEntry);
    const paths = hasSameFiles ? last.paths : candidates(entries, target);
    const sources = this.sources(target, paths, unsaved);
    const isSame = hasSameFiles && sameItems(last.sources, sources);
    const result = isSame ? last.result : understand(target, entries, sources);
    if (!unsaved) {
      this.readings.set(key, { at, entries, paths, sources, result });
    }
    return result;
  }

  /**
   * The same, except that a reading of so many milliseconds ago will do: a run begins as soon as it
   * is planned, and looking at a thousand files twice takes its time.
   */
  public readRecent(target: Target, maxAgeMs: number): MigrationFolder {
    const last = this.readings.get(keyOf(target));
    return last && performance.now() - last.at < maxAgeMs ? last.result : this.read(target);
  }

  private sources(
    { folders }: Target,
    paths: readonly string[],
    unsaved: SourceFile | undefined,
  ): SourceFile[] {
    const saved = paths
      .filter((path) => path !== unsaved?.path)
      .map((path) => ({ path, stats: statRegular(path) }));
    // Before anything is read: a sparse file takes no room on the disk, and all of it in memory.
    const bytes = saved.reduce((sum, { stats }) => sum + stats.size, 0);
    if (bytes > this.limit) {
      const folder = folders.join(', ');
      throw new LockstepError('migrations.tooMuch', { folder, bytes, limit: this.limit });
    }
    this.forgetOthers(
      saved.map(({ path }) => path),
      bytes,
    );
    const sources = saved.map(({ path, stats }) => this.source(path, stats));
    return unsaved ? [...sources, unsaved] : sources;
  }

  /** The same object as long as the file has not changed. */
  private source(path: string, { mtimeMs, ctimeMs, size, ino }: Stats): SourceFile {
    // Programs can set the one time as it was (`cp -p`, archives), but not the other.
    const stamp = `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
    const known = this.files.get(path);
    if (known?.stamp === stamp) {
      return known.source;
    }
    const source = { path, text: textOf(path, Math.min(size + growth, largestText)) };
    this.files.set(path, { stamp, size, source });
    return source;
  }

  /** Makes room for what is about to be read, so that many folders take no more than one may. */
  private forgetOthers(paths: readonly string[], bytes: number): void {
    const wanted = new Set(paths);
    const others = [...this.files].filter(([path]) => !wanted.has(path));
    let kept = others.reduce((sum, [, { size }]) => sum + size, bytes);
    const forgotten = new Set<string>();
    for (const [path, { size }] of others) {
      if (kept <= this.limit) {
        break;
      }
      kept -= size;
      forgotten.add(path);
      this.files.delete(path);
    }
    for (const [key, reading] of forgotten.size > 0 ? this.readings : []) {
      if (reading.paths.some((path) => forgotten.has(path))) {
        this.readings.delete(key);
      }
    }
  }
}

interface ReadFile {
  readonly stamp: string;
  /** Bytes. */
  readonly size: number;
  readonly source: SourceFile;
}

function keyOf({ format, folders }: Target): string {
  return JSON.stringify([format, ...folders]);
}

interface Entry {
  readonly folder: string;
  readonly name: string;
}

/** What a folder was found to be, and what from. */
interface Reading {
  /** `performance.now()` */
  readonly at: number;
  readonly entries: readonly Entry[];
  /** Of those that may be migrations. */
  readonly paths: readonly string[];
  readonly sources: readonly SourceFile[];
  readonly result: MigrationFolder;
}

/** The paths of the files that have a migration's name in a format that may be meant. */
function candidates(entries: readonly Entry[], { format: wanted }: Target): string[] {
  const meant = formats.filter(({ name }) => !wanted || name === wanted);
  return entries
    .filter(({ name }) => !name.includes('/') && meant.some((format) => format.matches(name)))
    .map(({ folder, name }) => join(folder, name));
}

function understand(
  { folders, format: wanted }: Target,
  entries: readonly Entry[],
  sources: readonly SourceFile[],
): MigrationFolder {
  const layout = unsupportedLayout(
    entries.map(({ name }) => name),
    sources.map(({ text }) => text),
  );
  if (layout) {
    throw new LockstepError('migrations.layout', { layout, folder: folders[0] });
  }
  const format = wanted ? formatNamed(wanted) : (claimingFormat(sources) ?? formatNamed('plain'));
  const own = sources.filter(({ path }) => format.matches(baseName(path)));
  return { format, migrations: format.parse(own) };
}

function sameItems<T>(
  a: readonly T[],
  b: readonly T[],
  isSame: (one: T, other: T) => boolean = Object.is,
): boolean {
  return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
}

function isSameEntry(a: Entry, b: Entry): boolean {
  return a.name === b.name && a.folder === b.folder;
}

function textOf(path: string, limit: number): string {
  try {
    return readText(path, limit);
  } catch (error) {
    throw unreadable(path, (error as Error).message);
  }
}

/** A pipe would have us wait, a device would never end, and what is too large would end us. */
function statRegular(path: string): Stats {
  let found: Stats;
  try {
    found = statSync(path);
  } catch (error) {
    throw unreadable(path, (error as Error).message);
  }
  if (!found.isFile()) {
    throw unreadable(path, 'not a regular file');
  }
  if (found.size > largestText) {
    throw invalidMigration('tooLarge', startOf(path), { limit: largestText / 1024 / 1024 });
  }
  return found;
}

function unreadable(path: string, message: string): LockstepError {
  return invalidMigration('unreadable', startOf(path), { message });
}

function startOf(file: string): Place {
  return { file, line: 1, column: 1 };
}

/** The folder's files, and those one folder below, which tell other layouts apart. */
function list(folder: string): Entry[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory()
        ? listNames(join(folder, entry.name)).map((name) => ({
            folder,
            name: `${entry.name}/${name}`,
          }))
        : { folder, name: entry.name },
    );
  } catch (error) {
    const { message } = error as Error;
    throw new LockstepError('migrations.folderMissing', { folder, message });
  }
}

function listNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
