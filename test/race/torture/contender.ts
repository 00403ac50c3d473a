import type { Outcome, RunEvent } from '../../../src/core/run/runEvents';
import type { ContenderPlan } from './scenario';

/** How a contender ended, whichever way it was started. */
export interface Ending {
  /** Absent when the process was killed before it could say. */
  readonly outcome?: Outcome;
  /** The error's code, where there is one. */
  readonly error?: string;
  /** For people. */
  readonly detail: string;
  /** Exit code of a terminal. */
  readonly code?: number | null;
  readonly signal?: string | null;
}

/** A process that migrates. */
export interface Contender {
  readonly name: string;
  readonly plan: ContenderPlan;
  readonly pid: number | undefined;
  /** Resolves in any case. */
  readonly ended: Promise<Ending>;
  /** What it said was applied, whether or not it lived to the end. */
  readonly applied: readonly string[];
  /** Ends what is left of it. */
  dispose(): void;
  signal(signal: NodeJS.Signals): void;
  /** As a person would: Ctrl-C, the Cancel button. */
  interrupt(): void;
  /** The window is closed, the terminal hangs up. */
  abandon(): void;
}

/** Where and with what contenders work. */
export interface Ground {
  /** The built extension. */
  readonly dist: string;
  readonly folder: string;
  readonly migrations: string;
  /** By which names the database can be reached. */
  readonly paths: Readonly<Record<ContenderPlan['path'], string>>;
  readonly nodes: Readonly<Record<ContenderPlan['node'], string>>;
  /** 512-byte blocks that a file may have. */
  readonly fileLimit?: number;
  /** Somebody without rights. */
  readonly uid?: number;
  note(what: string): void;
}

/** What of a run's events the torture keeps: only what was said to be applied. */
export function appliedOf(event: RunEvent): string[] {
  return event.type === 'stepDone' ? [event.done.migration.version] : [];
}
