import type { Direction } from './run/direction';

/** What kind of program migrates: a VS Code window, a terminal, a VS Code task. */
export type OwnerKind = 'window' | 'terminal' | 'task';

/** Who asks for a run; the part of a holder's card that does not change. */
export interface Owner {
  readonly kind: OwnerKind;
  /** The workspace's or folder's name, for people. */
  readonly workspace?: string;
  /** Lockstep's version. */
  readonly version: string;
}

/** The process behind a lock, precise enough to tell it from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the process started, in the system's own words; absent where it cannot be told. */
  readonly started?: string;
  /** Host name, for people. */
  readonly host: string;
  /** Same value = same kernel, boot and pid namespace, so that pids can be compared. */
  readonly machine: string;
}

/** How far the holder is. `step` counts from 1. */
export interface Progress {
  readonly direction: Direction;
  readonly step: number;
  readonly steps: number;
  /** The migration's id. */
  readonly migration: string;
}

/** The holder's card, `<db>.lock.json`: who works, since when, on what, how far. */
export interface Holder extends Owner, ProcessIdentity {
  /** Unique for each time the lock is taken. */
  readonly token: string;
  /** When the lock was taken, ISO 8601 with milliseconds. */
  readonly since: string;
  readonly progress?: Progress;
}

/** As much of a holder as the run log remembers: enough to name it. */
export type HolderName = Pick<Holder, 'kind' | 'host' | 'pid' | 'workspace'> & Partial<Holder>;

/** The sentinel lock as somebody who does not hold it sees it. */
export type LockState =
  | { readonly kind: 'free' }
  /** `holder` is absent when the lock has no readable card: held, unknown. */
  | { readonly kind: 'held'; readonly holder?: Holder; readonly mine: boolean }
  /** The holder is gone; the next run takes over by itself. */
  | { readonly kind: 'stale'; readonly holder?: Holder };
