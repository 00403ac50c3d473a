import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, lchownSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Obstacle } from './scenario';

/** Somebody without rights on anything here (`nobody`). */
const nobody = 65534;

/** What stands in the contenders' way, and how it is taken away again. */
export interface Hindrance {
  readonly fileLimit?: number;
  readonly uid?: number;
  remove(): void;
}

/** @param size how large the database is, in bytes */
export function hinder(
  obstacle: Obstacle,
  folder: string,
  database: string,
  size: number,
): Hindrance {
  const uid = process.getuid?.() === 0 ? nobody : undefined;
  switch (obstacle) {
    case 'none':
    case 'smallDisk': // the folder was put on one before
      return { remove: () => undefined };
    case 'fileLimit':
      // Room for the small steps, not for the big ones.
      return { fileLimit: Math.ceil(size / 512) + 1_500, remove: () => undefined };
    case 'lockedFolder':
      chmodSync(folder, 0o555);
      chmodSync(database, 0o666);
      return { uid, remove: () => chmodSync(folder, 0o755) };
    case 'readOnlyFile':
      chmodSync(folder, 0o777);
      chmodSync(database, 0o444);
      return {
        uid,
        remove: () => {
          chmodSync(database, 0o644);
          takeOver(join(folder, '.lockstep'));
        },
      };
  }
}

/** What somebody made who may not write the database is not relied on until its owner takes it over. */
function takeOver(sidecar: string): void {
  if (existsSync(sidecar)) {
    const files = readdirSync(sidecar).map((name) => join(sidecar, name));
    [sidecar, ...files].forEach((path) => lchownSync(path, 0, 0));
  }
}

/** A small file system in memory; only root may. Null where it may not after all. */
export class SmallDisk {
  private constructor(private readonly folder: string) {}

  public static mount(folder: string, kilobytes: number): SmallDisk | undefined {
    return mount('-t', 'tmpfs', '-o', `size=${kilobytes}k,mode=755`, 'tmpfs', folder)
      ? new SmallDisk(folder)
      : undefined;
  }

  public enlarge(): void {
    mount('-o', 'remount,size=300m', this.folder);
  }

  public unmount(): void {
    spawnSync('umount', ['-l', this.folder]);
  }
}

function mount(...args: string[]): boolean {
  return spawnSync('mount', args, { stdio: 'ignore' }).status === 0;
}
