import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Holder } from '../../src/core/model';
import { newLockToken, serializeCard } from '../../src/lock/holderCard';
import { processIdentity } from '../../src/system/process';
import { readFolder } from '../../src/lock/lockFolder';

/** A folder for one test. */
export class LockFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'lockstep-lock-'));
  readonly database = join(this.path, 'app.db');
  readonly sentinel = `${this.database}.lock`;
  readonly card = `${this.database}.lock.json`;

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  /** A lock as somebody left it. */
  leave(holder: Partial<Holder> = {}): Holder {
    const left = someHolder(holder);
    mkdirSync(this.sentinel);
    writeFileSync(
      this.card,
      serializeCard({ holder: left, folder: readFolder(this.sentinel)!.id }),
    );
    return left;
  }
}

export function someHolder(holder: Partial<Holder> = {}): Holder {
  const identity = { ...processIdentity(), ...holder };
  return {
    token: newLockToken(identity),
    since: new Date().toISOString(),
    kind: 'terminal',
    version: '1',
    ...identity,
  };
}

/** The pid of a process that has just ended. */
export function deadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}
