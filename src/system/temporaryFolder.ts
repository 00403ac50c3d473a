import { lstatSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFileQuietly } from './exclusiveFile';
import { isOurs, isPathStable } from './ownership';
import { processExists } from './process';

/** What the only database in such a folder is called. */
const copyName = 'copy.db';

/**
 * A temporary folder for the copy of a database, which nobody else may enter. It is named after this
 * process, so that what a killed one left can be swept.
 */
export class TemporaryFolder {
  readonly path: string;

  /** @param prefix says what for; ends with a hyphen */
  constructor(prefix: string) {
    this.path = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  }

  /** Where the copy goes. */
  get copy(): string {
    return copyIn(this.path);
  }

  remove(): void {
    removeCopyFolder(this.path);
  }

  /**
   * Removes what killed processes of our user left. Where others could put a link in the place of such
   * a folder while it is removed, it stays.
   */
  static sweep(prefix: string): void {
    const parent = tmpdir();
    if (!isPathStable(parent)) {
      return;
    }
    for (const name of readdirSync(parent)) {
      const pid = name.startsWith(prefix) ? parseInt(name.slice(prefix.length), 10) : NaN;
      if (pid > 0 && !processExists(pid)) {
        removeCopyFolder(join(parent, name));
      }
    }
  }
}

/** The path of the copy in a {@link TemporaryFolder} that another process made. */
export function copyIn(folder: string): string {
  return join(folder, copyName);
}

/** Removes what SQLite keeps of a copy: by these names alone, never whatever is in the folder. */
export function removeCopy(folder: string): void {
  ['', '-wal', '-shm', '-journal'].forEach((end) => removeFileQuietly(copyIn(folder) + end));
}

/** Only a folder of our own user, and never one that a link leads to. What cannot be removed stays. */
function removeCopyFolder(path: string): void {
  try {
    const found = lstatSync(path);
    if (found.isDirectory() && isOurs(found)) {
      removeCopy(path);
      rmdirSync(path);
    }
  } catch {
    // Gone already, or with something in it that is not ours.
  }
}
