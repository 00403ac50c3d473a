import { spawn } from 'node:child_process';
import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Whether the module of this `import.meta.url` is what Node was started with. */
export function isProgram(url) {
  const [, program] = process.argv;
  return program !== undefined && realpathSync(program) === fileURLToPath(url);
}

/**
 * Runs a program to its end and keeps what it says.
 * `silence` (milliseconds) kills it, with everything it started, when that long it has neither said
 * anything nor let the file `progress` grow; `echo` shows its output as it comes.
 * @returns `ok`, `code`, `output`, and `ending`: why it did not end by itself, if it did not
 */
export function run(command, args, options = {}) {
  const { cwd = root, env = process.env, silence, progress, echo } = options;
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
    let ending;
    const silent = () => {
      ending = `Stopped: nothing was heard of it for ${silence / 1000} s.`;
      kill();
    };
    const timer = silence && whenSilent(silence, () => chunks.length + sizeOf(progress), silent);
    const end = (code, why) => {
      clearInterval(timer);
      process.off('exit', kill).off('SIGINT', stop).off('SIGTERM', stop);
      const output = Buffer.concat(chunks).toString().trim();
      resolve({ ok: code === 0 && !why, code, ending: why, output });
    };
    child.on('error', (error) => end(undefined, error.message));
    // What it leaves behind would keep its output open.
    child.on('exit', kill);
    child.on('close', (code, signal) => {
      end(code, ending ?? (signal ? `Ended by ${signal}.` : undefined));
    });
  });
}

/** As `run`, but a failure throws with all that was said. */
export async function mustRun(what, command, args, options) {
  const { ok, code, ending, output } = await run(command, args, options);
  if (!ok) {
    throw new Error(`${what} failed: ${ending ?? `code ${code}`}\n${output}`);
  }
  return output;
}

/**
 * Calls `then` once when `measure` has given the same for `limit` milliseconds. The time is counted
 * in turns of a timer, so that what this process itself sleeps through is nobody's silence.
 */
function whenSilent(limit, measure, then) {
  const step = Math.min(1000, limit / 4);
  let last = measure();
  let silentFor = 0;
  const timer = setInterval(() => {
    const now = measure();
    silentFor = now === last ? silentFor + step : 0;
    last = now;
    if (silentFor >= limit) {
      clearInterval(timer);
      then();
    }
  }, step);
  return timer;
}

function sizeOf(file) {
  return (file && statSync(file, { throwIfNoEntry: false })?.size) ?? 0;
}

function killTree(pid, group) {
  try {
    process.kill(group ? -pid : pid, 'SIGKILL');
  } catch {
    // all gone already
  }
}
