import { closeSync, fsyncSync, lstatSync, openSync } from 'node:fs';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LockstepError } from '../core/errors';
import type { Mark, MarkStore } from '../core/run/runningMark';
import { parseMark } from '../core/run/parseMark';
import { liveness } from '../process/liveness';
import { readSmallFile } from '../process/readSmallFile';
import { thisMachine } from '../process/thisMachine';
import type { Sidecar } from './sidecar';

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
    return mark.owner.machine === thisMachine() && liveness(mark.owner) !== 'dead';
  }

  /** Whatever it is. Where the folder is none there is nothing in it. */
  private isThere(): boolean {
    try {
      return lstatSync(this.path, { throwIfNoEntry: false }) !== undefined;
    } catch {
      return false;
    }
  }

  private write(path: string, flags: string, mark: Mark): void {
    const fd = openSync(path, flags);
    try {
      writeFileSync(fd, JSON.stringify(mark));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    this.sidecar.sync();
  }
}
