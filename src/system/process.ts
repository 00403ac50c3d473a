import type * as childProcess from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessIdentity } from '../core/model';

/** What the system says about a process; `undefined` for `started` where it cannot be told. */
export type ProcessStart =
  { readonly exists: false } | { readonly exists: true; readonly started: string | undefined };

const gone: ProcessStart = { exists: false };

/**
 * Looks up when a process started. A zombie counts as gone: it will never run again.
 *
 * Linux: the start time in clock ticks since boot. macOS: the second it started, as Unix time.
 * Elsewhere only whether it exists.
 */
export function processStart(pid: number, platform = process.platform): ProcessStart {
  if (!processExists(pid)) {
    return gone;
  }
  switch (platform) {
    case 'linux':
      return fromProc(pid);
    case 'darwin':
      return fromPs(pid);
    default:
      return { exists: true, started: undefined };
  }
}

/** Signal 0 asks whether a process exists; EPERM says that it does. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function fromProc(pid: number): ProcessStart {
  try {
    return parseProcStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    // Gone since the signal, or hidden from other users (hidepid): the signal tells them apart.
    return processExists(pid) ? { exists: true, started: undefined } : gone;
  }
}

/**
 * Fields 3 (state) and 22 (start time) of `/proc/<pid>/stat`. The name in field 2 is in
 * parentheses and may contain parentheses and blanks itself, so fields are counted from the last
 * closing one (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html).
 */
export function parseProcStat(stat: string): ProcessStart {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields[0], fields[19]];
  return state === 'Z' || state === 'X' ? gone : { exists: true, started };
}

function fromPs(pid: number): ProcessStart {
  try {
    return parsePs(runProgram('ps', '-o', 'state=,lstart=', '-p', String(pid)));
  } catch {
    return processExists(pid) ? { exists: true, started: undefined } : gone;
  }
}

/** One line of `ps -o state=,lstart=` in the C locale and UTC, e.g. `S+ Fri Nov 21 14:09:00 2026`. */
export function parsePs(line: string): ProcessStart {
  const [, state, date] = /^\s*(\S+)\s+(\S.*\S)\s*$/.exec(line) ?? [];
  if (state === undefined || state.startsWith('Z')) {
    return gone;
  }
  const ms = Date.parse(`${date} UTC`);
  return { exists: true, started: Number.isNaN(ms) ? undefined : String(ms / 1000) };
}

/**
 * A word for this kernel, boot and pid namespace: where two processes have the same, their pids can
 * be compared. A container shares its host's boot id but counts pids of its own, so both are in it.
 * Starts a short-lived program on macOS, so keep the answer.
 */
export function machineId(): string {
  return [hostname(), ...bootAndNamespace()].join(' ');
}

function bootAndNamespace(): string[] {
  switch (process.platform) {
    case 'linux':
      return [
        told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
        told(() => readlinkSync('/proc/self/ns/pid')),
      ];
    case 'darwin':
      return [told(() => runProgram('sysctl', '-n', 'kern.bootsessionuuid').trim())];
    default:
      return [process.platform];
  }
}

function told(ask: () => string): string {
  try {
    return ask();
  } catch {
    return '?';
  }
}

/** `elsewhere`: it cannot be told from here; only its silence can be judged. */
export type Liveness = 'alive' | 'dead' | 'elsewhere';

/**
 * Whether a process lives. A stopped one does; a zombie does not, and neither does one whose pid
 * belongs to a program that started at another time. Where the system does not tell start times,
 * an existing pid proves nothing: `elsewhere`.
 *
 * @param machine where we are; pass it when asking often
 * @param look replaceable where answers are remembered
 */
export function liveness(
  identity: ProcessIdentity,
  machine: string = machineId(),
  look: (pid: number) => ReturnType<typeof processStart> = processStart,
): Liveness {
  if (identity.machine !== machine) {
    return 'elsewhere';
  }
  const found = look(identity.pid);
  if (!found.exists) {
    return 'dead';
  }
  if (found.started === undefined || identity.started === undefined) {
    return 'elsewhere';
  }
  return found.started === identity.started ? 'alive' : 'dead';
}

/**
 * This process, precise enough for `liveness` to tell it from a later one with the same pid.
 * Starts a short-lived program on macOS, so keep the answer.
 */
export function processIdentity(): ProcessIdentity {
  const start = processStart(process.pid);
  const started = start.exists ? start.started : undefined;
  return {
    pid: process.pid,
    ...(started === undefined ? {} : { started }),
    host: hostname(),
    machine: machineId(),
  };
}

/**
 * What a small program of the system prints, in the C locale and UTC.
 * @throws when it is missing, fails or takes longer than two seconds
 */
function runProgram(file: string, ...args: string[]): string {
  // Loaded here since most systems never come here, and every start of a process and a thread would
  // pay for it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { execFileSync } = require('node:child_process') as typeof childProcess;
  return execFileSync(file, args, {
    encoding: 'utf8',
    timeout: 2_000,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: '/bin:/usr/bin:/sbin:/usr/sbin', LC_ALL: 'C', TZ: 'UTC' },
  });
}

/**
 * Digits that nobody else comes up with; not for secrets. `node:crypto` would do it as well, but takes
 * some 5 ms to load, of which every start of a terminal and of a window's migrator would pay.
 */
export function randomHex(digits: number): string {
  let text = '';
  while (text.length < digits) {
    text += Math.floor(Math.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  }
  return text.slice(0, digits);
}
