import type { Git } from './git';

const mostBranches = 200;

/** Where git has files that are not in a folder. */
export interface FoundInGit {
  /** Branches that have it, newest first, as people call them; none where this one has it. */
  readonly branches: readonly string[];
  readonly worktree?: string;
  readonly removedIn?: string;
  /** The object to read it from. */
  readonly object: string;
}

interface Branch {
  /** `refs/heads/x` */
  readonly ref: string;
  readonly name: string;
}

/**
 * Finds files of a folder on other branches, or in the past.
 *
 * @param git asked in that folder
 * @param names file names
 * @returns by name; undefined where the folder is in no repository
 */
export async function findInGit(
  git: Git,
  names: readonly string[],
): Promise<ReadonlyMap<string, FoundInGit> | undefined> {
  const [prefix] = (await git.lines(['rev-parse', '--show-prefix'])) ?? [];
  if (prefix === undefined) {
    return undefined;
  }
  const branches = await otherBranches(git);
  const refs = ['HEAD', ...branches.map(({ ref }) => ref)];
  const objects = refs.flatMap((ref) => names.map((name) => `${ref}:${prefix}${name}`));
  const known = await git.lines(['cat-file', '--batch-check'], `${objects.join('\n')}\n`);
  const there = new Set(objects.filter((_, at) => / blob \d+$/.test(known?.[at] ?? '')));
  const worktrees = await worktreesByRef(git);
  const found = new Map<string, FoundInGit>();
  for (const name of names) {
    const here = `HEAD:${prefix}${name}`;
    if (there.has(here)) {
      found.set(name, { branches: [], object: here }); // only its file was deleted
      continue;
    }
    const having = branches.filter(({ ref }) => there.has(`${ref}:${prefix}${name}`));
    const [first] = having;
    if (first) {
      const object = `${first.ref}:${prefix}${name}`;
      const worktree = worktrees.get(first.ref);
      found.set(name, { branches: named(having), object, ...(worktree && { worktree }) });
      continue;
    }
    const [removedIn] =
      (await git.lines(['log', '--all', '-1', '--format=%H', '--diff-filter=D', '--', name])) ?? [];
    if (removedIn) {
      found.set(name, { branches: [], removedIn, object: `${removedIn}^:${prefix}${name}` });
    }
  }
  return found;
}

/** Names of files that a folder has had on any branch. */
export async function namesInGit(git: Git): Promise<readonly string[]> {
  const lines = await git.lines([
    ...['-c', 'core.quotePath=false', 'log', '--all', '--format=', '--name-only'],
    ...['--diff-filter=A', '--relative', '--', '.'],
  ]);
  // What git quotes is no name of a migration that we could write.
  return [...new Set(lines)].filter((name) => name !== '' && !/[/"]/.test(name));
}

/** All but the one that is checked out here, local ones and those of remotes. */
async function otherBranches(git: Git): Promise<readonly Branch[]> {
  const lines = await git.lines([
    'for-each-ref',
    '--sort=-committerdate',
    `--count=${mostBranches}`,
    '--format=%(HEAD)%(refname)',
    'refs/heads',
    'refs/remotes',
  ]);
  return (lines ?? [])
    .filter((line) => line.startsWith(' ') && !line.endsWith('/HEAD'))
    .map((line) => line.slice(1))
    .map((ref) => ({ ref, name: ref.replace(/^refs\/(?:heads|remotes)\//, '') }));
}

/** A remote's branch is said only where there is no local one of the name. */
function named(branches: readonly Branch[]): string[] {
  const local = new Set(branches.filter(isLocal).map(({ name }) => name));
  return branches
    .filter((branch) => isLocal(branch) || !local.has(branch.name.replace(/^[^/]+\//, '')))
    .map(({ name }) => name);
}

function isLocal({ ref }: Branch): boolean {
  return ref.startsWith('refs/heads/');
}

async function worktreesByRef(git: Git): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  let folder = '';
  for (const line of (await git.lines(['worktree', 'list', '--porcelain'])) ?? []) {
    const [, name, value] = /^(worktree|branch) (.*)$/.exec(line) ?? [];
    if (name === 'worktree') {
      folder = value!;
    } else if (name === 'branch') {
      found.set(value!, folder);
    }
  }
  return found;
}
