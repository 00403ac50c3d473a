import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The `.lockstep` folder beside a database: run log, running marks, backups. */
export class Sidecar {
  public readonly folder: string;
  private readonly name: string;

  /** @param database canonical path */
  constructor(database: string) {
    this.folder = join(dirname(database), '.lockstep');
    this.name = basename(database);
  }

  /** The path of a file of this database's; several databases may share the folder. */
  public file(suffix: string): string {
    return join(this.folder, `${this.name}.${suffix}`);
  }

  /**
   * Makes the folder, invisible to git. Only a run does that, never a look.
   * @throws what the file system says, or that a link is in the place: we would write elsewhere
   */
  public create(): void {
    if (mkdirSync(this.folder, { recursive: true })) {
      writeFileSync(join(this.folder, '.gitignore'), '# made by Lockstep\n*\n');
    } else if (!lstatSync(this.folder).isDirectory()) {
      throw new Error(`not a folder: ${this.folder}`);
    }
  }

  /** What is in the folder; nothing where there is none, or a link: what is there is not ours. */
  public names(): string[] {
    try {
      return lstatSync(this.folder).isDirectory() ? readdirSync(this.folder) : [];
    } catch {
      return [];
    }
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
