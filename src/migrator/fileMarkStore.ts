import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { LockstepError } from '../core/errors';
import type { Mark, MarkStore } from '../core/run/runningMark';
import { liveness } from '../process/liveness';
import { thisMachine } from '../process/thisMachine';
import type { Sidecar } from './sidecar';

/** The running mark in `.lockstep/<db>.running.json`, synced before what it announces starts. */
export class FileMarkStore implements MarkStore {
  constructor(private readonly sidecar: Sidecar) {}

  public read(): Mark | undefined {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch {
      return undefined;
    }
    return parseMark(text);
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
    const temporary = `${this.path}.${process.pid}.tmp`;
    this.write(temporary, 'w', mark);
    renameSync(temporary, this.path);
    this.sidecar.sync();
  }

  public remove(): void {
    rmSync(this.path, { force: true });
  }

  public isAlive(mark: Mark): boolean {
    // On another machine it cannot be told, and whoever is silent there has lost the sentinel by now.
    return mark.owner.machine === thisMachine() && liveness(mark.owner) !== 'dead';
  }

  private get path(): string {
    return this.sidecar.file('running.json');
  }

  private write(path: string, flags: string, mark: Mark): void {
    const fd = openSync(path, flags);
    try {
      writeSync(fd, JSON.stringify(mark));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    this.sidecar.sync();
  }
}

/** A mark that cannot be read still says that something was interrupted. */
function parseMark(text: string): Mark {
  try {
    const mark = JSON.parse(text) as Mark;
    if (typeof mark.migration.id === 'string' && typeof mark.owner.pid === 'number') {
      return mark;
    }
  } catch {
    // falls through: torn by a crash in the middle of creating it, before anything ran
  }
  return {
    migration: { version: '', id: '?', name: '?' },
    direction: 'up',
    statement: 0,
    statements: 0,
    persisted: 0,
    since: '',
    owner: { pid: 0, host: '', machine: '' },
  };
}
