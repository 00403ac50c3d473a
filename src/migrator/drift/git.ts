import { execFile } from 'node:child_process';

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
