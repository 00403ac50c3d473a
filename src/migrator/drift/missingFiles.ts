import { existsSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { MissingFile, Whereabouts } from '../../core/drift/whereabouts';
import type { Format } from '../../core/formats/format';
import { formatNamed } from '../../core/formats/formats';
import { numberedName } from '../../core/formats/numberedName';
import type { KnownMigration } from '../../core/plan/knownMigrations';
import type { Target } from '../../core/target';
import { findInGit, namesInGit, type FoundInGit } from './fileInGit';
import { Git } from './git';
import type { AppliedAnswer } from './appliedOf';

/** Milliseconds for all that git is asked. */
const searchLimitMs = 3_000;
const mostAsked = 100;
const mostBranchesSaid = 5;

/** A file that is not here, and where it can be had. */
export interface Sought {
  readonly known: KnownMigration;
  /** Absolute path at which it would be here; absent where nobody knows its name. */
  readonly path?: string;
  readonly elsewhere?: string;
  readonly inGit?: FoundInGit;
}

/** Where the files are that are missing. */
export async function whereabouts(target: Target, answer: AppliedAnswer): Promise<Whereabouts> {
  const { repository, sought } = await seek(target, answer);
  return { repository, files: sought.map(missingFile) };
}

/** Searches on this disk and in git; changes nothing and reads no other repository. */
export async function seek(
  { folders }: Target,
  { format, found }: AppliedAnswer,
): Promise<{ repository: boolean; sought: readonly Sought[] }> {
  const [folder] = folders;
  const git = new Git(folder, searchLimitMs);
  const asked = found.slice(0, mostAsked);
  const named = await names(formatNamed(format), asked, git);
  const wanted = [...new Set(named.values())];
  const inGit = await findInGit(git, wanted);
  const sought = asked.map((known): Sought => {
    const name = named.get(known);
    const file = known.log?.file;
    return {
      known,
      ...(name && { path: join(homeOf(file, folders), name), inGit: inGit?.get(name) }),
      ...(file && isElsewhere(file, folders) && { elsewhere: file }),
    };
  });
  return { repository: inGit !== undefined, sought };
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
  return (
    folders.find((folder) => file && resolve(dirname(file)) === resolve(folder)) ?? folders[0]!
  );
}

function isElsewhere(file: string, folders: Target['folders']): boolean {
  return (
    isAbsolute(file) &&
    !folders.some((folder) => resolve(dirname(file)) === resolve(folder)) &&
    existsSync(file) &&
    statSync(file, { throwIfNoEntry: false })?.isFile() === true
  );
}

function missingFile({ known, elsewhere, inGit }: Sought): MissingFile {
  const { branches = [], worktree, removedIn } = inGit ?? {};
  return {
    version: known.applied!,
    branches: branches.slice(0, mostBranchesSaid),
    ...(elsewhere && { elsewhere }),
    ...(worktree && { worktree }),
    ...(removedIn && { removedIn }),
  };
}
