import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename } from 'node:path';

/** Another process that uses a file, as the system shows it. */
export interface FileUser {
  /** 0 or less where it is in another container, or the system does not tell. */
  readonly pid: number;
  /** Empty where it is not known. */
  readonly program: string;
  readonly how: 'lock' | 'handle';
  /** The same as long as the same use goes on, as far as can be told. */
  readonly id: string;
}

/** Milliseconds after which a search among very many processes ends with what it has found. */
const budgetMs = 300;

interface WantedFile {
  readonly name: string;
  readonly dev: bigint;
  readonly ino: bigint;
}

/**
 * The other processes that have locked a file or have it open, as far as `/proc` shows them: all
 * locks, but open files only of processes that we may look into. Nobody where there is no `/proc`.
 *
 * @param path absolute, links resolved
 */
export function fileUsers(path: string, platform = process.platform): FileUser[] {
  const found =
    platform === 'linux' ? statSync(path, { bigint: true, throwIfNoEntry: false }) : undefined;
  if (!found) {
    return [];
  }
  const file = { name: basename(path), dev: found.dev, ino: found.ino };
  return [...lockers(file), ...openers(file)].map((user) => ({
    ...user,
    program: programOf(user.pid),
    id: Object.values(user).join(),
  }));
}

type Found = Pick<FileUser, 'pid' | 'how'> & { readonly fd?: string };

function lockers({ dev, ino }: WantedFile): Found[] {
  return parseLocks(told(() => readFileSync('/proc/locks', 'latin1')) ?? '')
    .filter((lock) => lock.ino === ino && lock.dev === dev && lock.pid !== process.pid)
    .map(({ pid }) => ({ pid, how: 'lock' }));
}

/**
 * Lines such as `3: POSIX  ADVISORY  WRITE 1234 fe:00:2507309 0 EOF`, where a lock that is waited for
 * has `->` before its kind (https://man7.org/linux/man-pages/man5/proc_locks.5.html).
 */
export function parseLocks(text: string): { pid: number; dev: bigint; ino: bigint }[] {
  return [...text.matchAll(/^\d+: (?!->)\S.* (-?\d+) ([\da-f]+):([\da-f]+):(\d+) \d+ \S+$/gm)].map(
    ([, pid, major, minor, ino]) => ({
      pid: Number(pid),
      dev: deviceNumber(BigInt(`0x${major}`), BigInt(`0x${minor}`)),
      ino: BigInt(ino),
    }),
  );
}

/** As `stat` puts it together (https://man7.org/linux/man-pages/man3/makedev.3.html). */
function deviceNumber(major: bigint, minor: bigint): bigint {
  const high = ((major & ~0xfffn) << 32n) | ((minor & ~0xffn) << 12n);
  return high | ((major & 0xfffn) << 8n) | (minor & 0xffn);
}

function openers(file: WantedFile): Found[] {
  const until = performance.now() + budgetMs;
  const users: Found[] = [];
  // The youngest first: they are what somebody works with.
  for (const pid of pids().reverse()) {
    if (performance.now() > until) {
      break;
    }
    for (const fd of told(() => readdirSync(`/proc/${pid}/fd`)) ?? []) {
      if (leadsTo(`/proc/${pid}/fd/${fd}`, file)) {
        users.push({ pid, how: 'handle', fd });
      }
    }
  }
  return users;
}

function pids(): number[] {
  return (told(() => readdirSync('/proc')) ?? [])
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid)
    .sort((a, b) => a - b);
}

/** The name first: it asks no file system, of which one may be a network drive that hangs. */
function leadsTo(link: string, { name, dev, ino }: WantedFile): boolean {
  return (
    told(() => {
      if (basename(readlinkSync(link)) !== name) {
        return false;
      }
      const file = statSync(link, { bigint: true });
      return file.dev === dev && file.ino === ino;
    }) ?? false
  );
}

function programOf(pid: number): string {
  return told(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim()) ?? '';
}

/** Processes end while they are looked at, and many may not be looked at. */
function told<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
