import { readFileSync } from 'node:fs';
import { askProgram } from './askProgram';

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
    return parsePs(askProgram('ps', '-o', 'state=,lstart=', '-p', String(pid)));
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
