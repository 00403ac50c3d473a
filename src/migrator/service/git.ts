import { execFile } from 'node:child_process';

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

/** A remote's branch is named only where there is no local one of the name. */
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
      found.set(value, folder);
    }
  }
  return found;
}

const mostBytes = 32 * 1024 * 1024;

/**
 * Nothing that a repository's configuration or hooks could run, no lock taken for looking, and
 * nothing fetched from anywhere.
 */
const quiet = [
  '--no-pager',
  ...['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'log.showSignature=false'].flatMap(
    (c) => ['-c', c],
  ),
  ...['-c', 'protocol.allow=never'],
];

/** Asks git about the repository of a folder, within a time for all questions together. */
export class Git {
  private readonly until: number;

  /** @param limitMs milliseconds */
  constructor(
    private readonly folder: string,
    limitMs: number,
  ) {
    this.until = performance.now() + limitMs;
  }

  /** What git prints; undefined where it fails, is missing or the time is over. */
  public async ask(args: readonly string[], input = ''): Promise<Buffer | undefined> {
    const timeout = Math.floor(this.until - performance.now());
    if (timeout <= 0) {
      return undefined;
    }
    return new Promise((resolve) => {
      const child = execFile(
        'git',
        [...quiet, '-C', this.folder, ...args],
        {
          timeout,
          killSignal: 'SIGKILL',
          maxBuffer: mostBytes,
          encoding: 'buffer',
          windowsHide: true,
          env: environment(),
        },
        (error, stdout) => resolve(error ? undefined : stdout),
      );
      // A git that ends early, or is not there, does not read.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input);
    });
  }

  public async lines(args: readonly string[], input?: string): Promise<string[] | undefined> {
    const text = (await this.ask(args, input))?.toString('utf8');
    return text?.split('\n').slice(0, text.endsWith('\n') ? -1 : undefined);
  }
}

/** Without what would point git at another repository, as in a hook or an editor it started. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return {
    ...Object.fromEntries(kept),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    // For versions that do not know it: a repository could allow a protocol that runs programs.
    GIT_ALLOW_PROTOCOL: '',
    GIT_LITERAL_PATHSPECS: '1',
    LC_ALL: 'C',
  };
}
