import { lstatSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ProcessIdentity } from '../core/holder';
import { readSmallFile } from '../process/readSmallFile';

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
export interface ClaimOwner extends ProcessIdentity {
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
  return besides(database, claimSuffix.claim)
    .map((path) => ({
      path,
      number: Number(path.slice(database.length + claimSuffix.claim.length)),
    }))
    .filter(({ number }) => Number.isSafeInteger(number) && number > 0)
    .map((file) => ({ ...file, ...readClaim(file.path) }));
}

/** Who made a claim, as far as the file says. */
export function readClaim(path: string): Pick<ClaimFile, 'owner' | 'age'> {
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
export function besides(database: string, suffix: string): string[] {
  const start = basename(database) + suffix;
  return readdirSync(dirname(database))
    .filter((name) => name.startsWith(start))
    .map((name) => join(dirname(database), name));
}
