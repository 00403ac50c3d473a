import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Runs a program to its end and keeps what it says.
 * `limit` (milliseconds) kills it with everything it started; `echo` shows its output as it comes.
 */
export function run(command, args, { cwd = root, env = process.env, limit, echo } = {}) {
  return new Promise((resolve) => {
    const group = process.platform !== 'win32';
    const child = spawn(command, args, {
      cwd,
      env,
      detached: group,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: !group && !/\.exe$/i.test(command),
    });
    const chunks = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        chunks.push(chunk);
        if (echo) {
          process.stdout.write(chunk);
        }
      });
    }
    const kill = () => killTree(child.pid, group);
    // A group of its own does not get the terminal's Ctrl-C: pass the end of this process on.
    const stop = () => process.exit(130);
    process.on('exit', kill).on('SIGINT', stop).on('SIGTERM', stop);
    let late = false;
    const timer = limit
      ? setTimeout(() => {
          late = true;
          kill();
        }, limit)
      : undefined;
    const end = (code, why) => {
      clearTimeout(timer);
      process.off('exit', kill).off('SIGINT', stop).off('SIGTERM', stop);
      const said = Buffer.concat(chunks).toString().trim();
      resolve({ ok: code === 0, code, late, output: why ? `${said}\n${why}`.trim() : said });
    };
    child.on('error', (error) => end(undefined, error.message));
    child.on('close', (code) => {
      kill();
      end(code, late ? `Stopped: not done after ${limit / 1000} s.` : undefined);
    });
  });
}

/** As `run`, but a failure throws with all that was said. */
export async function mustRun(what, command, args, options) {
  const { ok, code, output } = await run(command, args, options);
  if (!ok) {
    throw new Error(`${what} failed (${code ?? 'did not run'}):\n${output}`);
  }
  return output;
}

function killTree(pid, group) {
  try {
    process.kill(group ? -pid : pid, 'SIGKILL');
  } catch {
    // all gone already
  }
}
