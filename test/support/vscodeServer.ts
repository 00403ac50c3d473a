import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { hostPaths } from './hostPaths';

export interface ServerOptions {
  /**
   * Lets a page load an extension under test and end with its result. It also suppresses every
   * notification toast and refuses modal dialogs, so windows driven from outside go without.
   */
  readonly testDriver?: boolean;
  /** User settings on top of those that keep the window quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Ask whether a folder is to be trusted, as a desktop does; by default every folder is. */
  readonly askForTrust?: boolean;
  /** How long a window that lost its connection keeps its extension host, in seconds. */
  readonly graceSeconds?: number;
  readonly env?: NodeJS.ProcessEnv;
}

const quiet = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
};

/**
 * Runs a program until it ends or until standard input does, which is when whoever started this has
 * died, however that came about; then kills the whole process group.
 */
const leash = '("$@"; kill -9 0) </dev/null & read _; kill -9 0';

/** A VS Code server from npm with folders and extensions of its own; every page opened on it is a window. */
export class VsCodeServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly home: string,
    /** `http://127.0.0.1:<port>` */
    readonly url: string,
    private readonly token: string,
  ) {}

  /** Starts one on a free port. Fails with what it said when it does not listen within two minutes. */
  static async start(options: ServerOptions = {}): Promise<VsCodeServer> {
    const home = await mkdtemp(join(tmpdir(), 'lockstep-vscode-'));
    await writeSettings(home, options);
    // Other users of this machine reach the port, too, and through it all that we may read. In a file,
    // since they see the arguments of every process.
    const token = randomBytes(16).toString('hex');
    const tokenFile = join(home, 'token');
    await writeFile(tokenFile, token, { mode: 0o600 });
    const child = spawn(
      '/bin/sh',
      [
        ...['-c', leash, 'sh', node(), hostPaths.server],
        ...['--host', '127.0.0.1', '--port', '0', '--connection-token-file', tokenFile],
        ...commonArguments(home),
        ...['--builtin-extensions-dir', hostPaths.builtinExtensions],
        ...['--reconnection-grace-time', String(options.graceSeconds ?? 10)],
        ...(options.askForTrust ? [] : ['--disable-workspace-trust']),
        ...(options.testDriver ? ['--enable-smoke-test-driver'] : []),
      ],
      {
        cwd: dirname(dirname(hostPaths.server)),
        env: { ...process.env, ...options.env },
        stdio: ['pipe', 'pipe', 'pipe'],
        detached: true,
      },
    );
    return new VsCodeServer(child, home, await listening(child), token);
  }

  /** The processes of this server: extension hosts and what they started are among them. */
  async processes(): Promise<{ readonly pid: number; readonly command: string }[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const found = await Promise.all(
      pids.map(async (pid) => {
        const [stat, command] = await Promise.all(
          ['stat', 'cmdline'].map((file) =>
            readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => ''),
          ),
        );
        // After the name in parentheses: state, parent, group. See proc_pid_stat(5).
        const group = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
        return { pid: Number(pid), group, command: command.replaceAll('\0', ' ').trim() };
      }),
    );
    return found
      .filter(({ group }) => group === this.child.pid)
      .map(({ pid, command }) => ({ pid, command }));
  }

  /** Where installed extensions lie, each in a folder `<publisher>.<name>-<version>`. */
  get extensions(): string {
    return join(this.home, 'extensions');
  }

  /**
   * The address of a window on a folder or a `.code-workspace` file, or of an empty window. Whoever
   * knows it may read and write as the server does.
   */
  address(folder?: string): string {
    const name = folder?.endsWith('.code-workspace') ? 'workspace' : 'folder';
    const opened = folder ? `${name}=${encodeURI(folder)}` : 'ew=true';
    return `${this.url}/?tkn=${this.token}&${opened}`;
  }

  /** Installs a packaged extension; windows opened afterwards have it. */
  async install(vsix: string): Promise<void> {
    await promisify(execFile)(
      node(),
      [hostPaths.server, '--install-extension', vsix, ...commonArguments(this.home)],
      { timeout: 120_000 },
    );
  }

  /** Kills it and everything it started, at once. */
  kill(): void {
    try {
      process.kill(-this.child.pid!, 'SIGKILL');
    } catch {
      // gone already
    }
  }

  /** Kills it and removes its folders. */
  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const closed = new Promise((resolve) => this.child.once('close', resolve));
      this.kill();
      await closed;
    }
    await rm(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function node(): string {
  return process.env['LOCKSTEP_NODE24'] ?? process.execPath;
}

function commonArguments(home: string): string[] {
  return [
    ...['--server-data-dir', home, '--extensions-dir', join(home, 'extensions')],
    ...['--telemetry-level', 'off', '--accept-server-license-terms'],
  ];
}

async function writeSettings(home: string, options: ServerOptions): Promise<void> {
  const user = join(home, 'data', 'User');
  await mkdir(user, { recursive: true });
  await writeFile(join(user, 'settings.json'), JSON.stringify({ ...quiet, ...options.settings }));
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (why: string): void => {
      clearTimeout(timer);
      reject(new Error(`The VS Code server did not start (${why}):\n${said}`));
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail('120 s');
    }, 120_000);
    const read = (chunk: Buffer): void => {
      const port = /Extension host agent listening on (\d+)/.exec((said += chunk))?.[1];
      if (port) {
        clearTimeout(timer);
        child.stdout!.off('data', read).resume();
        child.stderr!.off('data', read).resume();
        resolve(`http://127.0.0.1:${port}`);
      }
    };
    child.stdout!.on('data', read);
    child.stderr!.on('data', read);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => fail(`exit code ${code}`));
  });
}
