import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from '../core/holder';
import type { HolderCard } from './holderCard';
import type { Liveness } from '../process/liveness';
import { liveness } from '../process/liveness';
import type { LockPaths } from './lockPaths';
import type { LockScene } from './lockScene';
import { pidInToken } from './lockToken';
import type { ProcessTable } from './processTable';
import { readCard } from './readCard';
import { removeFileQuietly } from './removeQuietly';
import type { SilenceWatch } from './silenceWatch';
import { writeExclusive } from './writeExclusive';

/** Decides who is dead: at once where the process can be looked up, else after a silence. */
export class LockJudge {
  constructor(
    readonly identity: ProcessIdentity,
    private readonly processes: ProcessTable,
    private readonly silence: SilenceWatch,
  ) {}

  liveness(of: ProcessIdentity): Liveness {
    return liveness(of, this.identity.machine, (pid) => this.processes.start(pid));
  }

  /** The same of whoever made a token: dead, or it cannot be told. */
  livenessOfWriter(token: string | undefined): Liveness {
    const pid = token && pidInToken(token, this.identity.machine);
    return pid && !this.processes.start(pid).exists ? 'dead' : 'elsewhere';
  }

  /**
   * Whether nobody holds the lock any more.
   *
   * @param now what time it is by the file system's clock, in Unix milliseconds; asked for only
   *   when the folder changed since the last look
   */
  isLockDead(paths: LockPaths, scene: LockScene, staleMs: number, now: () => number): boolean {
    const { folder, card } = scene;
    if (!folder) {
      return false;
    }
    const life = card ? this.liveness(card.holder) : this.livenessOfDrafts(paths);
    if (life !== 'elsewhere') {
      return life === 'dead';
    }
    const sign = `${folder.id} ${folder.pulse}`;
    const silentMs = this.silence.silentMs(paths.folder, sign, () => now() - folder.changedMs);
    return silentMs >= staleMs;
  }

  /** Whether the owner of a marker will never act again. `card` is absent when it is unreadable. */
  isMarkerDead(path: string, card: HolderCard | undefined, staleMs: number, now: number): boolean {
    const life = card ? this.liveness(card.holder) : 'elsewhere';
    if (life !== 'elsewhere') {
      return life === 'dead';
    }
    const seen = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (!seen) {
      return false;
    }
    const age = now - Number(seen.ctimeNs) / 1e6;
    return this.silence.silentMs(path, `${seen.ino} ${seen.ctimeNs}`, () => age) >= staleMs;
  }

  /**
   * A folder without a card may have a maker who has not come to write it. Everybody who creates
   * the folder has a complete draft beside it until the card is there, so: is one of them alive?
   */
  private livenessOfDrafts(paths: LockPaths): Liveness {
    const lives = readdirSync(paths.directory)
      .filter((name) => paths.draftToken(name))
      .map((name) => readCard(join(paths.directory, name)))
      .map((card) => card && this.liveness(card.holder));
    if (lives.includes('alive')) {
      return 'alive';
    }
    return lives.includes('dead') && !lives.includes('elsewhere') ? 'dead' : 'elsewhere';
  }
}

/** The file system's own clock: what it stamps on a file that is made now. */
export function fileSystemNow(paths: LockPaths, token: string): number {
  const probe = paths.claim(token);
  try {
    writeExclusive(probe, '');
    return lstatSync(probe).ctimeMs;
  } finally {
    removeFileQuietly(probe);
  }
}
