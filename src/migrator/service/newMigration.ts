import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type AppliedSource, followUpNote } from '../../core/drift';
import type { Format, NewFile, SourceFile } from '../../core/formats/format';
import { claimingFormat, formatNamed } from '../../core/formats/formats';
import type { Migration, Target } from '../../core/model';
import { placeAt } from '../../core/sql/positions';
import type { NewMigrationResult } from '../protocol';
import { readText, writeNewFiles } from '../textFile';

interface NewMigration {
  readonly target: Target;
  /** As the person typed it; made safe for a file name. */
  readonly name: string;
  /** An edited migration whose change it is to bring to databases that have it. */
  readonly followsUp?: AppliedSource;
}

/** Texts read to recognise the format of a folder of which none is stated. */
const sampleFiles = 3;

/**
 * Creates the next migration's file or files in the target's first folder, which is made if it is
 * missing. Never overwrites; where one of two files cannot be created, neither is left. Broken
 * migrations in the folder do not matter.
 *
 * @throws LockstepError `migrations.unwritable`
 */
export async function newMigration(
  { target, name, followsUp }: NewMigration,
  now: Date = new Date(),
): Promise<NewMigrationResult> {
  const [folder] = target.folders;
  const listed = await Promise.all(target.folders.map(list));
  const paths = listed.flat();
  const format = target.format
    ? formatNamed(target.format)
    : (claimingFormat(sampled(paths)) ?? formatNamed('plain'));
  const files = format.newFile(existing(format, paths), name, now).map(withNote(noteOf(followsUp)));
  await writeNewFiles(
    folder,
    files.map(({ fileName, text }) => ({ path: join(folder, fileName), text })),
  );
  const [{ fileName, text, cursor }] = files;
  const { line, column } = placeAt(join(folder, fileName), text, cursor);
  return { files: files.map((file) => join(folder, file.fileName)), line, column };
}

/** What a migration that follows up another begins with: comment lines on how it was edited. */
function noteOf(edited: AppliedSource | undefined): string {
  const { migration, ran, now } = edited ?? {};
  return migration && ran?.sql && now ? followUpNote(migration.id, ran.sql, now.sql) : '';
}

/** The note comes first where typing starts, which is in the up script. */
function withNote(note: string): (file: NewFile, index: number) => NewFile {
  return ({ fileName, text, cursor }, index) =>
    note === '' || index > 0
      ? { fileName, text, cursor }
      : {
          fileName,
          text: `${text.slice(0, cursor)}${note}\n${text.slice(cursor)}`,
          cursor: cursor + note.length + 1,
        };
}

async function list(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}

function sampled(paths: readonly string[]): SourceFile[] {
  const scripts = paths.filter((path) => path.endsWith('.sql'));
  return scripts.map((path, at) => ({ path, text: at < sampleFiles ? textOf(path) : '' }));
}

function textOf(path: string): string {
  // Opening a FIFO would hang.
  const found = statSync(path, { throwIfNoEntry: false });
  try {
    return found?.isFile() ? readText(path) : '';
  } catch {
    return '';
  }
}

/**
 * The folder's migrations by name alone, in order: a template of the convention stands in for their
 * texts, which need not be readable.
 */
function existing(format: Format, paths: readonly string[]): Migration[] {
  const [{ text }] = format.newFile([], '', new Date(0));
  const sources = paths
    .filter((path) => format.matches(path.slice(path.search(/[^/\\]*$/))))
    .map((path) => ({ path, text }));
  try {
    return format.parse(sources);
  } catch {
    // A down script without its migration; its number counts, too.
    return sources
      .flatMap((source) => format.parse([renamedUp(source)]))
      .sort((a, b) => format.compare(a, b));
  }
}

function renamedUp({ path, text }: SourceFile): SourceFile {
  return { path: path.replace(/\.down\.sql$/i, '.sql'), text };
}
