import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LockstepError } from '../core/errors';
import type { Holder, LockState } from '../core/model';
import { backoff } from '../core/run/waitForLock';
import { linkExclusive, removeFileQuietly, writeExclusive } from '../system/exclusiveFile';
import { type LockPaths, readCard, serializeCard } from './holderCard';
import { removeSentinel } from './lockFolder';
import { type StaleLockDetector, type LockSnapshot, readLock } from './staleLockDetector';

/** Somebody who wants a lock gone that is not his. */
export interface LockContext {
  readonly paths: LockPaths;
  readonly me: Holder;
  readonly detector: StaleLockDetector;
  readonly staleMs: number;
  /** A person says that it is a lock: also a folder without a card that has something in it. */
  readonly isRequested?: boolean;
}

/**
 * Removes somebody else's lock, or the card it left, under the exclusive marker named after it.
 * Nothing is awaited between the second look and the removal.
 *
 * @param stillDue asked under the marker with what is there then
 * @returns false when somebody else has the marker, or it is no longer due
 * @throws the file system's error
 */
export function removeLock(
  context: LockContext,
  snapshot: LockSnapshot,
  stillDue: (now: LockSnapshot) => boolean,
): boolean {
  const { paths, me, detector, staleMs } = context;
  const key = nameOf(snapshot);
  const claim = key === undefined ? undefined : claimRemoval(paths, key, me, detector, staleMs);
  if (!claim) {
    return false;
  }
  let gone = false;
  try {
    const now = readLock(paths, me.machine);
    if (nameOf(now) === key && now.folder?.id === snapshot.folder?.id && stillDue(now)) {
      removeSeen(context, now);
      gone = true;
    }
  } finally {
    claim.drop(gone);
  }
  return gone;
}

/** What a lock's marker is named after: the holder's token or, without a card, the folder. */
function nameOf({ folder, card, leftover }: LockSnapshot): string | undefined {
  return folder ? (card?.holder.token ?? folder.id) : leftover?.holder.token;
}

/**
 * The folder first: a card without a folder is free, a folder without a card is not, and until the
 * card is gone no successor can put up his.
 */
function removeSeen(
  { paths, isRequested = false }: LockContext,
  { folder, card, leftover }: LockSnapshot,
): void {
  if (folder) {
    removeSentinel(paths.folder, isRequested || card !== undefined);
  }
  if (card || (leftover && !folder)) {
    removeFileQuietly(paths.card);
  }
}

const tries = 30;

/**
 * Removes the sentinel because a person said so.
 *
 * @returns what was removed
 * @throws LockstepError `lock.live` unless `force`, while the holder lives or, where that cannot be
 *   looked up, has not been silent for the stale time; `lock.stuck` where the system refuses, or
 *   something else than a folder is in its place
 */
export async function breakLock(
  context: LockContext,
  stateOf: (snapshot: LockSnapshot) => LockState,
  force: boolean,
): Promise<LockState> {
  try {
    return await breakIt(context, stateOf, force);
  } catch (error) {
    if (error instanceof LockstepError) {
      throw error;
    }
    const { message } = error as Error;
    throw new LockstepError('lock.stuck', { path: context.paths.folder, message });
  }
}

async function breakIt(
  context: LockContext,
  stateOf: (snapshot: LockSnapshot) => LockState,
  force: boolean,
): Promise<LockState> {
  const delays = backoff();
  for (let tried = 1; ; tried++) {
    const snapshot = readLock(context.paths, context.me.machine);
    const state = stateOf(snapshot);
    if (state.kind === 'free' && !snapshot.leftover) {
      return state;
    }
    if (state.kind === 'held' && !force) {
      throw refusal(state.holder, context.me.machine);
    }
    if (removeLock(context, snapshot, () => true)) {
      return state;
    }
    if (tried === tries) {
      // Somebody has the right to remove it and does not: he must have been stopped.
      removeSeen(context, snapshot);
      return state;
    }
    await sleep(delays.next().value);
  }
}

function refusal(holder: Holder | undefined, machine: string): LockstepError {
  const { pid, host } = holder ?? {};
  return new LockstepError('lock.live', {
    ...(pid === undefined ? {} : { pid }),
    ...(host === undefined || holder?.machine === machine ? {} : { host }),
  });
}

const mostGenerations = 1_000;

/** The right to remove one particular lock. Must be dropped. */
export interface RemovalClaim {
  /** @param gone whether that lock is gone for good, so that its dead claimants can go as well */
  drop(gone: boolean): void;
}

/**
 * Takes the exclusive right to remove the lock called `key`, its holder included. Whoever has it
 * must look again before removing anything.
 *
 * A marker whose owner died is never removed while its lock exists: two processes could do that at
 * once, and the slower one would remove the faster one's new marker. Instead the next generation
 * is claimed, for which again only one succeeds.
 *
 * @returns undefined when somebody else has it
 * @throws the file system's error
 */
export function claimRemoval(
  paths: LockPaths,
  key: string,
  me: Holder,
  detector: StaleLockDetector,
  staleMs: number,
): RemovalClaim | undefined {
  const claim = paths.claim(me.token);
  try {
    writeExclusive(claim, serializeCard({ holder: me }));
    const now = lstatSync(claim).ctimeMs;
    for (let generation = 0; generation < mostGenerations; generation++) {
      const marker = paths.marker(key, generation);
      if (linkExclusive(claim, marker)) {
        return { drop: (gone) => drop(paths, key, generation, gone) };
      }
      if (!detector.isMarkerDead(marker, readCard(marker), staleMs, now)) {
        return undefined;
      }
    }
    return undefined;
  } finally {
    removeFileQuietly(claim);
  }
}

function drop(paths: LockPaths, key: string, generation: number, gone: boolean): void {
  removeFileQuietly(paths.marker(key, generation));
  for (let older = generation - 1; gone && older >= 0; older--) {
    removeFileQuietly(paths.marker(key, older));
  }
}

/**
 * Removes drafts, claims and markers that dead processes left beside a database, once what follows
 * the taking of the lock is under way. Only for the holder: what they were about is gone for good
 * then. What cannot be judged stays for the stale time, what cannot be removed for good.
 *
 * @param stillHeld asked before anything is removed
 */
export async function sweepTransients(
  { paths, detector, staleMs }: LockContext,
  stillHeld: () => boolean,
): Promise<void> {
  try {
    await new Promise(setImmediate);
    for (const name of stillHeld() ? readdirSync(paths.directory) : []) {
      const transient = paths.transient(name);
      const path = join(paths.directory, name);
      if (transient && isLeft(path, transient.token, detector, staleMs)) {
        removeFileQuietly(path);
      }
    }
  } catch {
    // Somebody else swept, or the system refuses: nothing depends on it.
  }
}

function isLeft(
  path: string,
  token: string | undefined,
  detector: StaleLockDetector,
  keepMs: number,
): boolean {
  const card = readCard(path);
  // Killed in the middle of writing: only the name tells who it was.
  const state = card ? detector.liveness(card.holder) : detector.livenessOfWriter(token);
  if (state !== 'elsewhere') {
    return state === 'dead';
  }
  const seen = lstatSync(path, { throwIfNoEntry: false });
  return seen !== undefined && Date.now() - seen.ctimeMs > keepMs;
}
