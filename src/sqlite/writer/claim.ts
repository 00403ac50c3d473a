import { randomUUID } from 'node:crypto';
import { lstatSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ProcessIdentity } from '../../core/model';
import { linkExclusive } from '../../system/exclusiveFile';
import { readSmallFile } from '../../system/files';
import { liveness } from '../../system/process';

/**
 * The right to replace a database file, held by one process at a time and given up by dying.
 *
 * Claims are numbered. Whoever finds only dead ones links its own file to the first free number,
 * which succeeds for one, then looks again: all must be as before, plus its own. So a dead claim needs no
 * removing before the next is made, and nobody can remove a living one by mistake: a claim is only
 * ever removed by its maker or by who succeeded it. Of two that act on different views, the later
 * look sees the other's file.
 */
export class Claim {
  private constructor(
    readonly database: string,
    readonly token: string,
    private readonly predecessors: readonly ClaimFile[],
    private readonly path: string,
  ) {}

  /**
   * @param database canonical path
   * @returns `undefined` while somebody else has it
   */
  static take(database: string, self: ProcessIdentity): Claim | undefined {
    const before = claimFiles(database);
    if (!before.every(isClaimDead)) {
      return undefined;
    }
    const owner = { ...self, token: randomUUID() };
    const path = database + claimSuffix.claim + freeNumber(before);
    if (!linkClaim(database, path, owner)) {
      return undefined;
    }
    const claim = new Claim(database, owner.token, before, path);
    let taken: Claim | undefined;
    try {
      if (claim.isAlone()) {
        claim.sweep();
        taken = claim;
      }
      return taken;
    } finally {
      if (!taken) {
        claim.removeOwn(); // whatever happened: it would count for as long as this process lives
      }
    }
  }

  /**
   * Removes what killed holders left, for a writer that needs no claim itself. Where somebody has it,
   * or the folder cannot be written, it stays for the next: it keeps nobody out.
   *
   * @param database canonical path
   */
  static sweepDead(database: string, self: ProcessIdentity): void {
    try {
      Claim.take(database, self)?.release();
    } catch {
      // see above
    }
  }

  /** Whether nobody succeeded us, believing us dead. */
  isAlone(): boolean {
    const expected = [...this.predecessors.map(nameOf), this.token];
    const found = claimFiles(this.database).map(nameOf);
    return found.sort().join() === expected.sort().join();
  }

  /**
   * Ours goes last: as long as it is there nobody else removes anything. Unless we were taken for
   * dead: then whatever is under our predecessors' names may be a successor's.
   */
  release(): void {
    try {
      if (this.predecessors.length > 0 && this.isAlone()) {
        this.predecessors.forEach(({ path }) => removeIfPossible(path));
      }
    } catch {
      // They keep nobody out.
    }
    this.removeOwn();
  }

  private removeOwn(): void {
    const { owner } = readClaim(this.path);
    // What cannot be read is ours: only we lack something, memory or a file to open, to read it.
    if (!owner || owner.token === this.token) {
      rmSync(this.path, { force: true });
    }
  }

  /** Removes what killed processes left: only a claim's holder makes a new database. */
  private sweep(): void {
    const left = [
      ...filesBeside(this.database, claimSuffix.new),
      ...filesBeside(this.database, claimSuffix.own).filter(isLeft),
    ];
    left.forEach(removeIfPossible);
  }
}

/** Not the next after the highest: there is none after the highest there can be. */
function freeNumber(claims: readonly ClaimFile[]): number {
  const taken = new Set(claims.map(({ number }) => number));
  let free = 1;
  while (taken.has(free)) {
    free++;
  }
  return free;
}

function nameOf({ owner, path }: ClaimFile): string {
  return owner?.token ?? path;
}

/** What is no file, or somebody else's, stays: a dead claim keeps nobody out, ours would. */
function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // see above
  }
}

/** One without a word in it is nobody's, or its maker starts again. */
function isLeft(own: string): boolean {
  const found = readClaim(own);
  return !found.owner || isClaimDead(found);
}

/** Makes a claim that is complete the moment it is there. False: somebody was first. */
function linkClaim(database: string, path: string, owner: ClaimOwner): boolean {
  const own = database + claimSuffix.own + owner.token;
  try {
    writeFileSync(own, JSON.stringify(owner), { flag: 'wx' });
    return linkExclusive(own, path);
  } catch (error) {
    // ENOENT: ours was swept before a word was in it. We were taken for dead, and try again.
    if (['EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return false;
    }
    throw error;
  } finally {
    removeIfPossible(own);
  }
}

/**
 * The files with which the sql.js writer keeps other writers out, beside the database:
 * `x.db.lockstep-claim-<n>` claims it, `x.db.lockstep-own-<token>` is about to become a claim,
 * `x.db.lockstep-new-<token>` about to become the database.
 */
export const claimSuffix = {
  claim: '.lockstep-claim-',
  own: '.lockstep-own-',
  new: '.lockstep-new-',
  /** How all of them begin. */
  any: '.lockstep-',
};

/** What a claim says about its process. */
interface ClaimOwner extends ProcessIdentity {
  /** Unique for each claim. */
  readonly token: string;
}

export interface ClaimFile {
  readonly path: string;
  readonly number: number;
  /** Absent when the file cannot be read: just removed, or cut short by a power failure. */
  readonly owner?: ClaimOwner;
  /** Milliseconds since it was made; endless for what no process makes: a link, a folder. */
  readonly age: number;
}

/** All claims of a database, dead ones too, in no order. */
export function claimFiles(database: string): ClaimFile[] {
  return filesBeside(database, claimSuffix.claim)
    .map((path) => ({
      path,
      number: Number(path.slice(database.length + claimSuffix.claim.length)),
    }))
    .filter(({ number }) => Number.isSafeInteger(number) && number > 0)
    .map((file) => ({ ...file, ...readClaim(file.path) }));
}

/** Who made a claim, as far as the file says. */
function readClaim(path: string): Pick<ClaimFile, 'owner' | 'age'> {
  let age = 0;
  try {
    const file = lstatSync(path);
    if (!file.isFile()) {
      return { age: Infinity };
    }
    age = Date.now() - file.mtimeMs;
    const owner = JSON.parse(readSmallFile(path, 64 * 1024) ?? '') as Partial<ClaimOwner>;
    const complete = [typeof owner.token, typeof owner.pid, typeof owner.machine];
    return complete.join() === 'string,number,string'
      ? { owner: owner as ClaimOwner, age }
      : { age };
  } catch {
    return { age };
  }
}

/** Paths beside a database that are its name with a suffix and something after it. */
function filesBeside(database: string, suffix: string): string[] {
  const start = basename(database) + suffix;
  return readdirSync(dirname(database))
    .filter((name) => name.startsWith(start))
    .map((name) => join(dirname(database), name));
}

/**
 * Milliseconds after which a claim counts as dead of whose process nothing can be said. Shorter than
 * a run waits: it may be one from before a restart, of the system or of a container.
 */
const silentTooLongMs = 60_000;

/**
 * Whether the process that made a claim is gone. Certain for processes of this machine; one on
 * another (a shared folder, a container) or without a word gets a minute. A date that far in the
 * future is no better than one in the past. Who was too slow for that, or lives by another clock,
 * notices before it replaces anything: `Claim.isAlone`.
 */
function isClaimDead({ owner, age }: Pick<ClaimFile, 'owner' | 'age'>): boolean {
  const state = owner ? liveness(owner) : 'elsewhere';
  return state === 'dead' || (state === 'elsewhere' && Math.abs(age) > silentTooLongMs);
}

/**
 * Whether a sql.js writer is at work on a database (`held`), or one that was killed left something.
 * Nearly always there is nothing, which one look at the folder tells.
 */
export function claimState(database: string): 'none' | 'left' | 'held' {
  if (filesBeside(database, claimSuffix.any).length === 0) {
    return 'none';
  }
  return claimFiles(database).some((claim) => !isClaimDead(claim)) ? 'held' : 'left';
}
