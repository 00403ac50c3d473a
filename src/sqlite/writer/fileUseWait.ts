import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { SqliteError } from '../../core/connection';
import { LockstepError } from '../../core/errors';
import { type FileState, sameState, sleep } from '../databaseFile';

/** Another process that uses a file, as the system shows it. */
interface FileUser {
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
  return parseLocks(tryRead(() => readFileSync('/proc/locks', 'latin1')) ?? '')
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
    for (const fd of tryRead(() => readdirSync(`/proc/${pid}/fd`)) ?? []) {
      if (leadsTo(`/proc/${pid}/fd/${fd}`, file)) {
        users.push({ pid, how: 'handle', fd });
      }
    }
  }
  return users;
}

function pids(): number[] {
  return (tryRead(() => readdirSync('/proc')) ?? [])
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid)
    .sort((a, b) => a - b);
}

/** The name first: it asks no file system, of which one may be a network drive that hangs. */
function leadsTo(link: string, { name, dev, ino }: WantedFile): boolean {
  return (
    tryRead(() => {
      if (basename(readlinkSync(link)) !== name) {
        return false;
      }
      const file = statSync(link, { bigint: true });
      return file.dev === dev && file.ino === ino;
    }) ?? false
  );
}

function programOf(pid: number): string {
  return tryRead(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim()) ?? '';
}

/** Processes end while they are looked at, and many may not be looked at. */
function tryRead<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

/** Milliseconds for which a use counts as somebody's look, though its process may be paused in it. */
const defaultLimit = 2000;

/**
 * Tells programs that look at a database for a moment, as Lockstep's windows do, from those that keep
 * it open: after the rename they would go on with a file that has no name any more.
 */
export class FileUseWait {
  private since = new Map<string, number>();

  /**
   * @param path absolute, links resolved
   * @param limit milliseconds for which others may use the file before it is refused
   */
  constructor(
    private readonly path: string,
    private readonly limit = defaultLimit,
  ) {}

  /**
   * @throws SqliteError 5 while somebody uses the file
   * @throws LockstepError `writer.refused` when somebody does not stop
   */
  assertUnused(): void {
    const now = performance.now();
    const users = fileUsers(this.path);
    this.since = new Map(users.map(({ id }) => [id, this.since.get(id) ?? now]));
    const lasting = users.find(({ id }) => now - this.since.get(id)! >= this.limit);
    if (lasting) {
      throw this.refusal(lasting);
    }
    if (users.length > 0) {
      throw new SqliteError('database is locked', 5);
    }
  }

  /**
   * The last look before the file is replaced. Waits in its place, since what is to be written would
   * be lost with the statement.
   * @throws LockstepError `writer.refused`
   */
  outlast(): void {
    const until = performance.now() + this.limit;
    for (;;) {
      const [user] = fileUsers(this.path);
      if (!user) {
        return;
      }
      if (performance.now() >= until) {
        throw this.refusal(user);
      }
      sleep(5);
    }
  }

  private refusal({ pid, program, how }: FileUser): LockstepError {
    const reason = how === 'lock' ? 'locked' : 'open';
    return new LockstepError('writer.refused', { path: this.path, reason, pid, program });
  }
}

/**
 * Tells a `-journal` that a living program will remove from one that a killed program left: the
 * second stays as it is. Only SQLite's locks could tell at once, and there are none here.
 */
export class JournalWait {
  private seen?: FileState;
  private since = 0;

  /** @param limit milliseconds for which a journal must not have changed */
  constructor(private readonly limit = 1000) {}

  isOver(journal: FileState): boolean {
    const now = performance.now();
    if (!sameState(this.seen, journal)) {
      this.seen = journal;
      this.since = now;
    }
    return now - this.since >= this.limit;
  }
}
