import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LockstepError } from '../core/errors';
import {
  type LatestEntries,
  type LogEntry,
  type LoggedScript,
  logLine,
  readLog,
} from '../core/history/runLog';
import { type Mark, type MarkStore, parseMark } from '../core/run/runningMark';
import type { Holder } from '../core/model';
import type { RunLog } from '../core/run/runEnvironment';
import { lockPaths, readCard } from '../lock/holderCard';
import { liveness, machineId } from '../system/process';
import { distrustOf, mirrorAccess } from '../system/ownership';
import { openToAppend, openToRead, readNoLink, readSmallFile } from '../system/files';

/** The `.lockstep` folder beside a database: run log, running marks, backups. */
export class Sidecar {
  public readonly folder: string;
  private readonly name: string;

  /** @param database canonical path */
  constructor(private readonly database: string) {
    this.folder = join(dirname(database), '.lockstep');
    this.name = basename(database);
  }

  /** The path of a file of this database's; several databases may share the folder. */
  public file(suffix: string): string {
    return join(this.folder, `${this.name}.${suffix}`);
  }

  /**
   * Makes the folder, invisible to git. Only a run does that, never a look.
   * @throws what the file system says, or why what is in the place is not to be used
   */
  public create(): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const distrust = this.distrust();
    if (distrust !== undefined) {
      throw new Error(distrust);
    }
    this.openToReaders();
    this.hideFromGit();
  }

  /**
   * Whoever made the folder: one that came with the repository may lack it, and `git add` would take
   * backups and the log. What is there, also a link, is left alone.
   */
  private hideFromGit(): void {
    try {
      writeFileSync(join(this.folder, '.gitignore'), '# made by Lockstep\n*\n', { flag: 'wx' });
    } catch {
      // It is there, or nothing can be made here, which whoever writes next will say.
    }
  }

  private openToReaders(): void {
    if (process.platform === 'win32') {
      return; // a folder cannot be opened there
    }
    const fd = openSync(this.folder, readNoLink);
    try {
      this.share(fd);
    } finally {
      closeSync(fd);
    }
  }

  /** Lets those read a file, or the folder, who may read the database. */
  public share(fd: number): void {
    mirrorAccess(fd, this.database);
  }

  /** What is in the folder; nothing where there is none, or where what is there is not to be used. */
  public names(): string[] {
    return this.isTrusted() ? readdirSync(this.folder) : [];
  }

  /** Whether there is a folder whose files only those can have written who may write in the database. */
  public isTrusted(): boolean {
    try {
      return this.distrust() === undefined;
    } catch {
      return false;
    }
  }

  /** A link is none of ours: we would write elsewhere. */
  private distrust(): string | undefined {
    const found = lstatSync(this.folder);
    return found.isDirectory()
      ? distrustOf(this.folder, found, this.database)
      : `not a folder: ${this.folder}`;
  }

  /** Makes names created in or removed from the folder durable. */
  public sync(): void {
    if (process.platform === 'win32') {
      return; // a folder cannot be opened there
    }
    const fd = openSync(this.folder, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }
}

/** Texts longer than this are not kept: the log would outgrow the database. In UTF-16 units. */
const longestText = 1_000_000;

/** Bytes of a log that are taken into memory; of a longer one nothing is known. */
const longestLog = 256 * 1024 * 1024;

/**
 * The run log as JSON lines in `.lockstep/<db>.log.jsonl`. Reading goes on from where the last
 * reading ended, so that a look at a long history stays cheap.
 */
export class FileRunLog implements RunLog {
  private latest: LatestEntries = new Map();
  private readTo = 0;
  private inode = 0;
  private isDurable = true;

  constructor(private readonly sidecar: Sidecar) {}

  public read(): LatestEntries {
    const added = this.readAdded();
    if (added) {
      this.latest = readLog(added, this.latest);
    }
    return this.latest;
  }

  public append(entries: readonly LogEntry[]): void {
    if (entries.length === 0) {
      return;
    }
    this.sidecar.create();
    // A torn last line of a killed writer must not swallow ours: a line break comes first too.
    const text = entries.map((entry) => `\n${logLine(shorten(entry))}`).join('');
    const fd = openToAppend(this.path);
    try {
      this.sidecar.share(fd);
      writeFileSync(fd, text);
      this.isDurable = false;
    } finally {
      closeSync(fd);
    }
  }

  /**
   * Makes durable what was appended. A killed process loses nothing without; a power failure may lose
   * details that nothing rests on. So nobody waits for it, and what the file system says to it counts
   * for nothing.
   */
  public sync(): void {
    if (this.isDurable) {
      return;
    }
    this.isDurable = true;
    try {
      const fd = openToAppend(this.path);
      try {
        fdatasyncSync(fd);
      } finally {
        closeSync(fd);
      }
    } catch {
      // see above
    }
  }

  private get path(): string {
    return this.sidecar.file('log.jsonl');
  }

  /** The whole lines that were added since the last reading. */
  private readAdded(): string {
    const fd = this.sidecar.isTrusted() ? openToRead(this.path) : undefined;
    if (fd === undefined) {
      this.forget(0);
      return '';
    }
    try {
      const { size, ino } = fstatSync(fd);
      if (size - this.readTo > longestLog) {
        return '';
      }
      if (ino !== this.inode || size < this.readTo) {
        this.forget(ino);
      }
      const buffer = Buffer.alloc(size - this.readTo);
      const length = readSync(fd, buffer, 0, buffer.length, this.readTo);
      const end = buffer.subarray(0, length).lastIndexOf('\n') + 1;
      this.readTo += end;
      return buffer.toString('utf8', 0, end);
    } finally {
      closeSync(fd);
    }
  }

  /** Where nothing is known the same stays in place: that tells a reader that nothing has changed. */
  private forget(inode: number): void {
    this.inode = inode;
    this.readTo = 0;
    this.latest = this.latest.size > 0 ? new Map() : this.latest;
  }
}

/** Keeps very long SQL out of the log; its checksum is there all the same. */
function shorten(entry: LogEntry): LogEntry {
  const { up, down } = entry;
  return {
    ...entry,
    up: isLong(up) ? { ...up, sql: '' } : up,
    down: down && isLong(down) ? undefined : down,
  };
}

function isLong({ sql }: LoggedScript): boolean {
  return sql.length > longestText;
}

/** What the name of a mark ends with. */
export const markSuffix = 'running.json';

/** What the name of a mark ends with that is about to replace another. */
const unfinished = '.tmp';

const longestMark = 64 * 1024;

/** The running mark in `.lockstep/<db>.running.json`, synced before what it announces starts. */
export class FileMarkStore implements MarkStore {
  constructor(
    private readonly sidecar: Sidecar,
    private readonly suffix = markSuffix,
  ) {}

  public get path(): string {
    return this.sidecar.file(this.suffix);
  }

  public read(): Mark | undefined {
    return this.isThere() ? parseMark(readSmallFile(this.path, longestMark) ?? '') : undefined;
  }

  public create(mark: Mark): boolean {
    try {
      this.sidecar.create();
      this.write(this.path, 'wx', mark);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
        return false;
      }
      throw new LockstepError('run.marksUnwritable', {
        folder: this.sidecar.folder,
        migration: mark.migration.id,
        message: (error as Error).message,
      });
    }
  }

  public update(mark: Mark): void {
    const temporary = `${this.path}.${process.pid}${unfinished}`;
    rmSync(temporary, { force: true });
    this.write(temporary, 'wx', mark);
    renameSync(temporary, this.path);
    this.sidecar.sync();
  }

  /** With what an update left that was killed: nobody but the mark's owner has one under way. */
  public remove(): void {
    rmSync(this.path, { force: true });
    const start = `${basename(this.path)}.`;
    for (const name of this.sidecar.names()) {
      if (name.startsWith(start) && name.endsWith(unfinished)) {
        rmSync(join(this.sidecar.folder, name), { force: true });
      }
    }
  }

  public isAlive(mark: Mark): boolean {
    // On another machine it cannot be told, and whoever is silent there has lost the sentinel by now.
    return mark.owner.machine === machineId() && liveness(mark.owner) !== 'dead';
  }

  /**
   * Whatever it is, also in a folder that is not trusted: a mark only ever holds a run back. Where the
   * folder is none there is nothing in it.
   */
  private isThere(): boolean {
    try {
      return lstatSync(this.path, { throwIfNoEntry: false }) !== undefined;
    } catch {
      return false;
    }
  }

  private write(path: string, flags: string, mark: Mark): void {
    const fd = openSync(path, flags, 0o600);
    try {
      this.sidecar.share(fd);
      writeFileSync(fd, JSON.stringify(mark));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    this.sidecar.sync();
  }
}

/** The running mark of a database. */
export function marksOf(path: string): FileMarkStore {
  return new FileMarkStore(new Sidecar(path));
}

/**
 * The card of whoever else holds the sentinel of a database now.
 * @param path canonical path of the database
 * @param token of our own lock, where we have one
 */
export function otherHolder(path: string, token: string | undefined): Holder | undefined {
  const holder = readCard(lockPaths(path).card)?.holder;
  return holder?.token === token ? undefined : holder;
}
