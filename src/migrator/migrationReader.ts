import { readdirSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { LockstepError } from '../core/errors';
import { invalidMigration } from '../core/invalidMigration';
import type { Format, SourceFile } from '../core/formats/format';
import { claimingFormat, formatNamed, formats } from '../core/formats/formats';
import { unsupportedLayout } from '../core/formats/unsupportedLayout';
import type { Migration } from '../core/migration';
import type { Target } from '../core/target';
import { readText } from './readText';

/** Bytes. V8 has no longer strings than 512 MB, and a text is needed more than once. */
const largestFile = 128 * 1024 * 1024;

/** A folder understood. */
export interface MigrationFolder {
  readonly format: Format;
  readonly migrations: readonly Migration[];
}

/** Reads migrations folders. Files that have not changed since the last time are not read again. */
export class MigrationReader {
  private readonly files = new Map<string, { stamp: string; text: string }>();

  /**
   * An empty folder is a folder without migrations, in the first format.
   * @param unsaved what an editor shows of one of the files, or of one that is about to be there
   * @throws `migrations.folderMissing`, `migrations.layout`, `migrations.invalid`
   */
  public read({ folders, format: wanted }: Target, unsaved?: SourceFile): MigrationFolder {
    const entries = folders.flatMap((folder) => list(folder));
    const candidates = formats.filter(({ name }) => !wanted || name === wanted);
    const paths = entries.filter(
      ({ name }) => !name.includes('/') && candidates.some((format) => format.matches(name)),
    );
    const saved = paths.map(({ folder, name }) => join(folder, name));
    const others = unsaved ? saved.filter((path) => path !== unsaved.path) : saved;
    const sources = others.map((path) => this.source(path));
    if (unsaved) {
      sources.push(unsaved);
    }
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

  private source(path: string): SourceFile {
    const { mtimeMs, size, ino } = statRegular(path);
    const stamp = `${mtimeMs} ${size} ${ino}`;
    const known = this.files.get(path);
    if (known?.stamp === stamp) {
      return { path, text: known.text };
    }
    const text = readText(path);
    this.files.set(path, { stamp, text });
    return { path, text };
  }
}

/** A pipe would have us wait, a device would never end, and what is too large would end us. */
function statRegular(path: string): Stats {
  const place = { file: path, line: 1, column: 1 };
  let found: Stats;
  try {
    found = statSync(path);
  } catch (error) {
    throw invalidMigration('unreadable', place, { message: (error as Error).message });
  }
  if (!found.isFile()) {
    throw invalidMigration('unreadable', place, { message: 'not a regular file' });
  }
  if (found.size > largestFile) {
    throw invalidMigration('tooLarge', place, { limit: largestFile / 1024 / 1024 });
  }
  return found;
}

/** The folder's files, and those one folder below, which tell other layouts apart. */
function list(folder: string): { folder: string; name: string }[] {
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
