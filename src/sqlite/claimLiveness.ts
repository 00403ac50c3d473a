import { liveness } from '../process/liveness';
import type { ClaimFile } from './claimFiles';
import { claimFiles } from './claimFiles';

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
export function isDeadClaim({ owner, age }: Pick<ClaimFile, 'owner' | 'age'>): boolean {
  const state = owner ? liveness(owner) : 'elsewhere';
  return state === 'dead' || (state === 'elsewhere' && Math.abs(age) > silentTooLongMs);
}

/** Whether a sql.js writer is at work on a database. */
export function isClaimed(database: string): boolean {
  return claimFiles(database).some((claim) => !isDeadClaim(claim));
}
