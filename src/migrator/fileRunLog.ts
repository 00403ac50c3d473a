import { closeSync, fdatasyncSync, fstatSync, readSync, writeFileSync } from 'node:fs';
import type { LogEntry, LoggedScript } from '../core/history/logEntry';
import { logLine, readLog, type LatestEntries } from '../core/history/readLog';
import type { RunLog } from '../core/run/runEnvironment';
import { openToAppend } from '../process/openToAppend';
import { openToRead } from '../process/openToRead';
import type { Sidecar } from './sidecar';

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
    const fd = openToRead(this.path);
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
