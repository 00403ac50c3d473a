import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';

/** What a terminal's Lockstep said and how it ended. */
export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the bundled command line in a folder, with this Node or another. */
export function startCli(
  folder: string,
  args: readonly string[],
  node = process.execPath,
): { child: ChildProcess; ended: Promise<CliResult> } {
  const child = spawn(node, [resolve('dist/cli.js'), ...args], { cwd: folder });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => (stdout += data));
  child.stderr.on('data', (data) => (stderr += data));
  const ended = new Promise<CliResult>((settle) =>
    child.on('close', (code, signal) => settle({ code, signal, stdout, stderr })),
  );
  return { child, ended };
}

/** The same to its end. */
export function runCli(folder: string, args: readonly string[], node?: string): Promise<CliResult> {
  return startCli(folder, args, node).ended;
}

/** The JSON objects that `--json` printed, one a line. */
export function jsonLines({ stdout }: CliResult): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
