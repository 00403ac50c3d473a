import { liveness } from '../process/liveness';
import type { ClaimFile } from './claimFiles';
import { claimFiles } from './claimFiles';

/** Milliseconds after which a claim nobody can be asked about counts as dead. */
const silentTooLong = { elsewhere: 600_000, unreadable: 60_000 };

/**
 * Whether the process that made a claim is gone. Certain for processes of this machine; one on
 * another (a shared folder, a container) gets ten minutes, and notices if it was too slow.
 */
export function isDeadClaim({ owner, age }: Pick<ClaimFile, 'owner' | 'age'>): boolean {
  if (!owner) {
    return age > silentTooLong.unreadable;
  }
  const state = liveness(owner);
  return state === 'dead' || (state === 'elsewhere' && age > silentTooLong.elsewhere);
}

/** Whether a sql.js writer is at work on a database. */
export function isClaimed(database: string): boolean {
  return claimFiles(database).some((claim) => !isDeadClaim(claim));
}
