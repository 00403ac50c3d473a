import { execFileSync } from 'node:child_process';

/** Runs git in a folder as nobody in particular, whatever the machine's own settings say. */
export function git(folder: string, ...args: string[]): string {
  return execFileSync('git', ['-C', folder, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a@example.org',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a@example.org',
    },
  });
}

/** A repository with all that is in the folder, on a branch `main`. */
export function gitRepository(folder: string): void {
  git(folder, 'init', '-q', '-b', 'main');
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '-m', 'first');
}

/** Commits all that is in the folder, on a new branch. */
export function commitOnBranch(folder: string, branch: string): void {
  git(folder, 'switch', '-q', '-c', branch);
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '-m', branch);
}

/** Skips a suite clearly where git is missing. */
export function needsGit(suite: Mocha.Context): void {
  try {
    execFileSync('git', ['--version'], { stdio: 'ignore' });
  } catch {
    console.log('    (skipped: there is no git here)');
    suite.skip(); // a fresh machine need not have it, and Lockstep does without
  }
}
