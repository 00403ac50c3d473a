import { existsSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { type MissingFile, type MissingFiles, restoredFiles } from '../../core/drift';
import { LockstepError } from '../../core/errors';
import type { Format } from '../../core/formats/format';
import { formatNamed } from '../../core/formats/formats';
import { numberedName } from '../../core/formats/fileNames';
import type { Target } from '../../core/model';
import type { KnownMigration } from '../../core/plan/reconcile';
import type { RestoredMigration } from '../protocol';
import { writeNewFiles } from '../textFile';
import type { AppliedAnswer } from '../threadProtocol';
import { findInGit, type FoundInGit, Git, namesInGit } from './git';

/** Milliseconds for all that git is asked in a search, and for reading what was found. */
const searchLimitMs = 3_000;
const readLimitMs = 5_000;
/** So many files are searched for. */
const mostFiles = 100;
const mostBranchesNamed = 5;

/** Where the files of applied migrations are that are missing. */
export async function locateMissingFiles(
  target: Target,
  applied: AppliedAnswer,
): Promise<MissingFiles> {
  const { repository, searched } = await search(target, applied);
  return { repository, files: searched.map(missingFile) };
}

/**
 * Writes the missing file of an applied migration: as git has it, else as it ran. Never
 * overwrites; where one of two files cannot be written, neither is left.
 *
 * @throws LockstepError `drift.over` where it is there or not applied, `drift.notKept`,
 *   `migrations.unwritable`
 */
export async function restoreFile(
  target: Target,
  version: string,
  { format, found }: AppliedAnswer,
): Promise<RestoredMigration> {
  const missing = found.filter(({ migration }) => !migration);
  const [searched] = (await search(target, { format, found: missing })).searched;
  if (!searched) {
    throw new LockstepError('drift.over', { migration: version });
  }
  const { known, path } = searched;
  const fromGit = path && (await textsFromGit(searched, path));
  const name = path ? basename(path) : `${known.applied}_restored.sql`;
  // A version is what somebody's database says: it may be a path.
  const isName =
    basename(name) === name && formatNamed(format).matches(name) && !/[\r\n\0]/.test(name);
  const fromLog = known.log && isName && restoredFiles(format, name, known.log);
  const texts = fromGit || fromLog;
  if (!texts) {
    throw new LockstepError('drift.notKept', { migration: known.ref.id });
  }
  const folder = path ? dirname(path) : target.folders[0];
  const files = texts.map(({ fileName, text }) => ({ path: join(folder, fileName), text }));
  await writeNewFiles(folder, files);
  const branch = fromGit ? searched.inGit?.branches[0] : undefined;
  return {
    files: files.map((file) => file.path),
    from: fromGit ? 'git' : 'log',
    ...(branch && { branch }),
  };
}

/** A missing file, and where it can be had. */
interface SearchedFile {
  readonly known: KnownMigration;
  /** Absolute path at which it was; absent where its name is not known. */
  readonly path?: string;
  readonly elsewhere?: string;
  readonly inGit?: FoundInGit;
}

/** Searches on this disk and in git; changes nothing and reads no other repository. */
async function search(
  { folders }: Target,
  { format, found }: AppliedAnswer,
): Promise<{ repository: boolean; searched: readonly SearchedFile[] }> {
  const [folder] = folders;
  const git = new Git(folder, searchLimitMs);
  const asked = found.slice(0, mostFiles);
  const named = await names(formatNamed(format), asked, git);
  const wanted = [...new Set(named.values())];
  const inGit = await findInGit(git, wanted);
  const searched = asked.map((known): SearchedFile => {
    const name = named.get(known);
    const file = known.log?.file;
    return {
      known,
      ...(name && { path: join(homeOf(file, folders), name), inGit: inGit?.get(name) }),
      ...(file && isElsewhere(file, folders) && { elsewhere: file }),
    };
  });
  return { repository: inGit !== undefined, searched };
}

/** What the missing files are called: as the log says, else as git remembers a file of the version. */
async function names(
  format: Format,
  missing: readonly KnownMigration[],
  git: Git,
): Promise<Map<KnownMigration, string>> {
  const named = new Map<KnownMigration, string>();
  for (const known of missing) {
    const name = known.log && basename(known.log.file);
    // The log may say anything; a line break would be a question more to git.
    if (name && format.matches(name) && !/[\r\n\0]/.test(name)) {
      named.set(known, name);
    }
  }
  if (named.size < missing.length) {
    const remembered = (await namesInGit(git)).filter((name) => format.matches(name));
    for (const known of missing.filter((one) => !named.has(one))) {
      const name = remembered.find((each) => isOf(format, each, known.applied!));
      if (name) {
        named.set(known, name);
      }
    }
  }
  return named;
}

function isOf(format: Format, name: string, version: string): boolean {
  const parts = numberedName(name);
  return parts?.direction !== 'down' && format.sameVersion(parts?.version ?? '', version);
}

/** The folder of the target in which the file was, else its first. */
function homeOf(file: string | undefined, folders: Target['folders']): string {
  return folders.find((folder) => file && resolve(dirname(file)) === resolve(folder)) ?? folders[0];
}

function isElsewhere(file: string, folders: Target['folders']): boolean {
  return (
    isAbsolute(file) &&
    !folders.some((folder) => resolve(dirname(file)) === resolve(folder)) &&
    existsSync(file) &&
    statSync(file, { throwIfNoEntry: false })?.isFile() === true
  );
}

function missingFile({ known, elsewhere, inGit }: SearchedFile): MissingFile {
  const { branches = [], worktree, removedIn } = inGit ?? {};
  return {
    version: known.applied!,
    branches: branches.slice(0, mostBranchesNamed),
    ...(elsewhere && { elsewhere }),
    ...(worktree && { worktree }),
    ...(removedIn && { removedIn }),
  };
}

async function textsFromGit(
  { inGit }: SearchedFile,
  path: string,
): Promise<{ fileName: string; text: Buffer }[] | undefined> {
  if (!inGit) {
    return undefined;
  }
  const git = new Git(dirname(path), readLimitMs);
  const text = await git.ask(['cat-file', 'blob', inGit.object]);
  if (!text) {
    return undefined;
  }
  const down = (name: string): string => name.replace(/(?:\.up)?\.sql$/i, '.down.sql');
  const downText = await git.ask(['cat-file', 'blob', down(inGit.object)]);
  const fileName = basename(path);
  return [{ fileName, text }, ...(downText ? [{ fileName: down(fileName), text: downText }] : [])];
}
